/** What is said of repairs, in words. Pure. */
import { TRAINING_NUMBERS } from '../../../src/protocol/params/training-options';
import type { RepairInfo, RepairState, TrainingEpoch, TrainingPart } from '../../../src/protocol/training';
import { numberText, plural, timeText, whole } from '../texts';
import { percent } from '../versions/texts';
import { ARM_TEXTS } from './arms';

export const fileName = (path: string): string => path.split(/[\\/]/).at(-1)!;

const STATES: Readonly<Record<RepairState, string>> = {
  waiting: 'waits',
  running: 'runs',
  paused: 'paused',
  interrupted: 'interrupted',
  done: 'done',
  failed: 'failed',
};

/** What a line of the list says beside the file. */
export function factsOf(repair: RepairInfo): string {
  const { options, state, epochs, best } = repair;
  const known = epochs.find(({ epoch }) => epoch === best) ?? epochs.at(-1);
  return [ARM_TEXTS[options.arm].title, STATES[state], known && `${percent(known.heldOut.accuracy, 1)} held out`]
    .filter(Boolean)
    .join(', ');
}

/** What is trained, on what. */
export function subjectOf({ options, images, train, heldOut }: RepairInfo): string {
  const { arm, epochs, rate, batch } = options;
  const steps = TRAINING_NUMBERS.rate.arms.includes(arm)
    ? `, rate ${numberText(rate)}, batches of ${whole(batch)}`
    : '';
  const numbers = `${plural(epochs, 'epoch')}${steps}`;
  const on = `${plural(images.train, 'image')}${train ? ` (${train})` : ''}`;
  const out = `${whole(images.heldOut)} held out${heldOut ? ` (${heldOut})` : ''}`;
  return `${ARM_TEXTS[arm].title}, on ${on}, ${out}; ${numbers}.`;
}

const PARTS: Readonly<Record<TrainingPart, string>> = {
  answers: 'The answers of the model as it was are computed',
  features: 'The features of the images are computed',
  step: 'The images of a step are computed',
  'held-out': 'The held-out images are computed',
  maps: 'The maps of the watched images are computed',
};

/** How far it is between steps, in a sentence. */
export function progressText({ epoch, part, done, total, left }: NonNullable<RepairInfo['progress']>): string {
  const isAfter = part === 'held-out' || part === 'maps';
  const when = isAfter
    ? epoch === 0
      ? ' before training'
      : ` after epoch ${epoch}`
    : part === 'step'
      ? ` (epoch ${epoch})`
      : '';
  const rest = left === undefined || done === total ? '' : `, ${timeText(left)} left`;
  return `${PARTS[part]}${when}: ${whole(done)} of ${whole(total)}${rest}.`;
}

/** How far it is, in a sentence. @param left seconds */
export function stateText(repair: RepairInfo, left: number | undefined): string {
  const { state, reason, step, progress, options, epochs, best } = repair;
  const known = epochs.find(({ epoch }) => epoch === best);
  const texts: Readonly<Record<RepairState, () => string>> = {
    waiting: () => reason ?? 'It waits for other work.',
    running: () =>
      progress
        ? progressText(progress)
        : step
          ? `Epoch ${step.epoch} of ${options.epochs}, step ${whole(step.step)} of ${whole(step.steps)}${left === undefined ? '' : `, ${timeText(left)} left`}.`
          : (reason ?? 'It gets ready: the images are compared with those of the run file, and the network is opened.'),
    paused: () => `Paused${placeOf(repair)}. What is done is kept.`,
    interrupted: () =>
      `Interrupted${placeOf(repair)}. Go On continues with the same order of images and ends with the same weights as if it had not been.`,
    failed: () => reason ?? 'It failed.',
    done: () =>
      known
        ? `Done. Best after ${known.epoch === 0 ? 'no epoch: training has not made it better' : `epoch ${known.epoch}`}, which was written.`
        : 'Done.',
  };
  return texts[state]();
}

/** Of a stopped one; the last step is not known any more once its process has ended. */
function placeOf({ step, epochs }: RepairInfo): string {
  if (step) return ` at step ${whole(step.step)} of ${whole(step.steps)}`;
  const last = epochs.at(-1)?.epoch;
  return last === undefined ? '' : last === 0 ? ' in the first epoch' : ` after epoch ${last}`;
}

/** Held-out accuracy from the first epoch to the best, or to the last. */
export function accuracyText(epochs: readonly TrainingEpoch[], best: number | undefined): string | undefined {
  const [before] = epochs;
  const after = epochs.find(({ epoch }) => epoch === best) ?? epochs.at(-1);
  if (!before || !after) return undefined;
  if (before === after) return `Held-out accuracy ${percent(before.heldOut.accuracy, 1)} before training.`;
  return `Held-out accuracy ${percent(before.heldOut.accuracy, 1)} before, ${percent(after.heldOut.accuracy, 1)} after epoch ${after.epoch}.`;
}

/** Seconds that are left, from the time of the epochs that are done; undefined if none is. */
export function leftOf({ epochs, step, options }: RepairInfo): number | undefined {
  const done = epochs.filter(({ epoch }) => epoch > 0);
  if (done.length === 0 || !step) return undefined;
  const each = done.reduce((sum, { seconds }) => sum + seconds, 0) / done.length;
  const perEpoch = step.steps / options.epochs;
  return (each * (step.steps - step.step)) / perEpoch;
}

export const notesOf = ({ notes, epochs }: RepairInfo): readonly string[] => [
  ...new Set([...epochs.flatMap((epoch) => epoch.notes), ...notes]),
];
