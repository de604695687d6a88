/** The score session in 8 bits (`src/core/quantise`), and the images whose ranges its grids cover. */
import { SCORE, scoreGraph } from '../../core/cam/transform';
import { encodeModel } from '../../core/onnx/weights';
import { gridTensors, withConstants } from '../../core/quantise/constants';
import type { Ranges } from '../../core/quantise/grids';
import { quantise } from '../../core/quantise/plan';
import { RANGES, rangedTensors, rangesIn, serve, united, widened, withRanges } from '../../core/quantise/ranges';
import type { Outputs } from '../../core/target/target';
import type { ModelFile } from '../model/model-file';
import { isFailedRun } from '../runtime/batching';
import { createSession, type Session } from '../runtime/runtime';
import type { Backdrop, Explainer, ImageState, Int8, NoInt8 } from './explainer';
import { imageOf, layerMask, maskFeeds, outputsOf, turn, type Work } from './passes';

export async function makeInt8(explainer: Explainer, file: ModelFile): Promise<Int8 | NoInt8> {
  const { info, facts, fragment, device } = explainer;
  if (device !== 'cpu') return { reason: `it is for CPUs, and this is ${device}` };
  const plan = quantise(file.model, facts, fragment.reads);
  if (typeof plan === 'string') return { reason: plan };
  const between = { input: info.input.name, layout: info.input.layout };
  const real = scoreGraph(file.model, facts, between, fragment);
  const encoded = encodeModel(file.model, withRanges(real, file.model.opset, rangedTensors(plan)));
  const ranged = await createSession(info.path, encoded, await file.buffers(encoded), OPTIONS);
  // Without the file's bytes no weight is by reference, so that the file may be dropped.
  const whole = { ...plan.model, bytes: new Uint8Array() };
  const made: Int8 = {
    grids: plan.grids,
    biases: plan.biases,
    encoded: encodeModel(whole, scoreGraph(plan.model, facts, between, fragment)),
    ranged,
    ranges: undefined,
    session: undefined,
    covered: new WeakSet(),
    verdict: undefined,
    release: async () => {
      await Promise.all([ranged.release(), made.session?.release()]);
    },
  };
  return made;
}

const OPTIONS = { device: 'cpu', optimize: 'all', prepack: true } as const;

/**
 * Makes the grids cover an image: the ranges of all tensors are found for the image and its backdrop, which lie at the two
 * ends of all blends. The backdrop's outputs are then known too.
 *
 * @returns why it failed, in words, if the runtime can't run the graph
 */
export async function cover(
  explainer: Explainer,
  int8: Int8,
  { input }: Pick<ImageState, 'input'>,
  backdrop: Backdrop,
  work: Work,
): Promise<string | undefined> {
  if (int8.covered.has(backdrop)) return undefined;
  const tensors = rangedTensors(int8);
  const blend = async (session: Session, value: number, fetches: readonly string[] = []) => {
    // In a pause another explanation could widen the grids, or release these sessions if they fail.
    await turn(work, false);
    const masks = maskFeeds(explainer, [layerMask(explainer, value)], 1);
    const feeds = { [SCORE.image]: imageOf(input), [SCORE.blurred]: backdrop.tensor, ...masks };
    const result = await session.run(feeds, [...Object.keys(explainer.fragment.outputs), ...fetches]);
    work.passes += 1;
    const [outputs] = outputsOf(explainer, result, 1) as [Outputs];
    return { outputs, result };
  };
  const seen: Ranges[] = [];
  for (const value of [0, 1]) {
    const { outputs, result } = await blend(int8.ranged, value, [RANGES]);
    seen.push(rangesIn(tensors, result[RANGES]!.data as Float32Array));
    if (value === 0) backdrop.outputs = outputs;
  }
  const ranges = seen.reduce(united);
  for (let known = int8.ranges; !known || !serve(known, ranges); known = int8.ranges) {
    const wide = widened(ranges, known);
    let made: Session | undefined;
    try {
      made = await sessionWith(explainer, int8, wide);
      await blend(made, 0);
    } catch (thrown) {
      await made?.release();
      if (!isFailedRun(thrown)) throw thrown;
      return (thrown as Error).message;
    }
    // If the grids were widened for another image in the meantime, these might not cover that.
    const isLate = int8.ranges !== known;
    const old = isLate ? made : int8.session;
    if (!isLate) Object.assign(int8, { session: made, ranges: wide });
    await old?.release();
  }
  int8.covered.add(backdrop);
  return undefined;
}

function sessionWith({ info }: Explainer, { encoded, ...plan }: Int8, ranges: Ranges): Promise<Session> {
  return createSession(info.path, withConstants(encoded, gridTensors(plan, ranges)), new Map(), OPTIONS);
}
