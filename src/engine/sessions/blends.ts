/** Scores blends of an image and its backdrop, in float32 or in 8 bits. */
import type { Blur } from '../../core/methods/choice';
import type { Background, Scored, Scoring, WithMask } from '../../core/methods/network';
import type { UsedPrecision } from '../../core/methods/precision';
import type { Outputs } from '../../core/target/target';
import { inChunks } from '../runtime/batching';
import type { Session } from '../runtime/runtime';
import type { Backdrop, Explainer, ImageState, Int8 } from './explainer';
import { cover } from './int8';
import { backdropOf, imageOf, score, type Work } from './passes';
import { verdictOf } from './trial';

/**
 * A mask of zeros leaves only the backdrop, whose outputs are cached. Methods that need these pass such a mask first; it
 * is answered with the first chunk, and in float32 at any precision. Items that were scored in 8 bits where that was not good
 * enough are answered a second time, in float32.
 */
export async function* scoreMasks<T extends WithMask>(
  explainer: Explainer,
  state: ImageState,
  items: Iterable<T>,
  background: Background,
  blur: Blur,
  work: Work,
  scoring?: Scoring,
): AsyncGenerator<readonly Scored<T>[]> {
  const backdrop = await backdropOf(explainer, state, background, blur);
  const saidBefore = work.precision;
  const int8 = scoring && (await int8For(explainer, state, backdrop, scoring, work));
  const isTried = int8 && scoring.precision === 'auto' && !int8.verdict;
  const runs: Parameters<typeof verdictOf>[0][number][] = [];
  const known: Scored<T>[] = [];
  const small: Scored<T>[] = [];
  function* unknown() {
    let first = true;
    for (const item of items) {
      if (first && backdrop.outputs && isNothing(item)) known.push({ item, outputs: backdrop.outputs });
      else yield item;
      first = false;
    }
  }
  const image = imageOf(state.input);
  const timed = async (chunk: readonly T[], session: Session) => {
    const start = performance.now();
    // Chunks in 8 bits and in float32 are timed, and an explanation in between could widen the grids of the integers.
    const { outputs } = await score(explainer, work, image, backdrop.tensor, chunk, { session, pauses: !int8 });
    return { outputs, milliseconds: performance.now() - start };
  };
  const rated = ({ outputs, milliseconds }: { outputs: readonly Outputs[]; milliseconds: number }) => ({
    scores: outputs.map((each) => scoring!.target.score(each)),
    milliseconds,
  });
  const chunks = inChunks(explainer, unknown(), async (chunk) => {
    const run = await timed(chunk, int8 && !isTried ? int8.session! : explainer.score);
    if (isTried) runs.push([rated(run), rated(await timed(chunk, int8.session!))]);
    // Those in float32 are known before anything is scored in 8 bits.
    if (isNothing(chunk[0]!)) backdrop.outputs ??= run.outputs[0]!;
    return chunk.map((item, i) => ({ item, outputs: run.outputs[i]! }));
  });
  for await (const chunk of chunks) {
    if (work.precision?.used === 'int8' && scoring?.precision === 'auto') small.push(...chunk);
    yield [...known.splice(0), ...chunk];
  }
  if (known.length > 0) yield known;
  if (backdrop.outputs && isDisputed(small, backdrop.outputs, scoring)) {
    const again = small.map(({ item }) => item);
    yield* inChunks(explainer, again, async (chunk) => {
      const { outputs } = await timed(chunk, explainer.score);
      return chunk.map((item, i) => ({ item, outputs: outputs[i]! }));
    });
    work.precision = saidBefore;
    note(work, { used: 'float32', reason: 'in int8, masks that lower the score weigh against those that raise it' });
  }
  if (!isTried) return;
  int8.verdict = verdictOf(runs);
  note(work, { used: 'float32', reason: `int8 was tried on this image: ${int8.verdict.reason}` });
}

/** The least share of evidence for the class with which scores in 8 bits are good enough; docs/bench.md has the measurements. */
const FOR_THE_CLASS = 0.9;

/**
 * Whether masks that lower the score weigh against those that raise it. The map is then a difference, which the error of 8 bits
 * changes more than what it is the difference of.
 */
function isDisputed(scored: readonly Scored<WithMask>[], backdrop: Outputs, scoring: Scoring | undefined): boolean {
  const gains = scored.map(({ outputs }) => scoring!.target.score(outputs) - scoring!.target.score(backdrop));
  const sum = gains.reduce((total, gain) => total + Math.abs(gain), 0);
  const raised = gains.reduce((total, gain) => total + Math.max(gain, 0), 0);
  return raised > 0 && raised < FOR_THE_CLASS * sum;
}

/** Keeps what was said of another layer of the same explanation, if that was scored otherwise. */
function note(work: Work, said: UsedPrecision): void {
  const known = work.precision;
  if (!known || known.used === said.used) {
    work.precision = said;
    return;
  }
  const [small, other] = said.used === 'int8' ? [said, known] : [known, said];
  work.precision = { used: small.used, reason: `${small.reason}; another layer in ${other.used}: ${other.reason}` };
}

const isNothing = ({ mask }: WithMask) => mask.every((value) => value === 0);

/** The sessions in 8 bits, if blends are to be scored by them; notes in any case what is used. */
async function int8For(
  explainer: Explainer,
  state: ImageState,
  backdrop: Backdrop,
  { precision }: Scoring,
  work: Work,
): Promise<Int8 | undefined> {
  const { int8 } = explainer.parts;
  if (precision === 'float16')
    work.precision ??= {
      used: 'float32',
      reason: `half floats are for other devices, and this is ${explainer.device}`,
    };
  if (precision === 'float32' || precision === 'float16' || !int8) return undefined;
  const failure = 'reason' in int8 ? int8.reason : await cover(explainer, int8, state, backdrop, work);
  if (failure !== undefined) {
    note(work, { used: 'float32', reason: `this model can't be scored in int8: ${failure}` });
    if (!('reason' in int8)) await int8.release();
    explainer.parts.int8 = { reason: failure };
    return undefined;
  }
  const found = int8 as Int8;
  const { verdict } = found;
  const isChosen = precision === 'int8';
  const reason = isChosen ? 'as chosen' : (verdict?.reason ?? '');
  note(work, { used: isChosen || verdict?.suits ? 'int8' : 'float32', reason });
  return isChosen || verdict?.suits !== false ? found : undefined;
}
