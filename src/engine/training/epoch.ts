/** The end of an epoch: figures of held-out images, maps of watched ones, and the best weights so far. */
import { ExplainError } from '../../core/errors';
import { riseIn } from '../../core/training/rise';
import { trainingErrors } from '../../core/training/training-errors';
import type { State } from './checkpoint';
import { type HeldOut, isBetter, watchedMaps } from './figures';
import { changedSince } from './images';
import { counterOf } from './progress';
import type { Run } from './run';

/**
 * Nothing of the state is changed before everything about the epoch is known, so that a training that ends in the meantime goes
 * on here.
 *
 * @param evaluate what the network makes of the held-out images
 */
export async function endEpoch(run: Run, epoch: number, evaluate: () => Promise<HeldOut>): Promise<void> {
  const { state, context, plan, watched } = run;
  const begun = performance.now();
  const isTold = epoch < run.told;
  const { score, ...heldOut } = await evaluate().catch((thrown: unknown) => {
    if (epoch === 0 || !(thrown instanceof ExplainError) || thrown.code !== 'not-finite') throw thrown;
    throw trainingErrors.diverged(plan.opened.info.path, 'a score of a held-out image', state.step, epoch);
  });
  if (!isTold && watched.length > 0) await tellMaps(run, epoch);
  const { losses, right, seen, unmapped } = state;
  const notes = [
    epoch === 0 ? undefined : riseIn(losses),
    unmappedNote(unmapped, seen),
    changedNote(await changedSince(run.stamps)),
  ];
  const ended = {
    epoch,
    step: state.step,
    loss: losses.reduce((sum, loss) => sum + loss, 0) / Math.max(losses.length, 1),
    train: { accuracy: right / Math.max(seen, 1) },
    heldOut,
    seconds: state.seconds + (performance.now() - begun) / 1000,
    notes: notes.filter((note) => note !== undefined),
  };
  state.epochs.push(ended);
  // The network before training is no result, even if nothing better comes.
  if (epoch > 0 && isBetter(score, state.bestScore)) {
    state.best = epoch;
    state.bestScore = score;
    for (const { name, values } of plan.weights.all) state.bestWeights.get(name)!.set(values);
  }
  Object.assign(state, { losses: [], right: 0, seen: 0, unmapped: 0, seconds: 0 });
  context.emit('epoch', ended);
}

/** A masked arm trains on images without a map as they are. */
function unmappedNote(unmapped: number, seen: number): string | undefined {
  if (unmapped === 0) return undefined;
  const were = unmapped === 1 ? 'had no map and was trained on as it is' : 'had no map and were trained on as they are';
  return `Of the epoch's ${seen} images, ${unmapped} ${were}.`;
}

async function tellMaps({ context, network, images, watched, work }: Run, epoch: number): Promise<void> {
  const count = counterOf(context, epoch, 'maps', watched.length);
  for await (const map of watchedMaps(network, images.watched, watched, epoch, work)) {
    count();
    context.emit('map', map);
  }
}

/** What was read before stays in memory, so a training need not notice by itself. */
function changedNote([first, ...others]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  const what = others.length === 0 ? `${first} has` : `${first} and ${others.length} other images have`;
  return `${what} changed or disappeared since the training began. It goes on with what it has read before; after a stop it can go on only once they are put back.`;
}

/** Whether the model that is written is worse than the one before, in a sentence. */
export function fallenNotes({ epochs, best }: Pick<State, 'epochs' | 'best'>): readonly string[] {
  const [before, after] = [epochs[0]?.heldOut.accuracy, epochs[best]?.heldOut.accuracy];
  if (before === undefined || after === undefined || after >= before) return [];
  return [`Held-out accuracy fell from ${percent(before)} to ${percent(after)} in the best epoch.`];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
