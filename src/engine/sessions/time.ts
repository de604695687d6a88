/** How long one image takes in a network. */
import { sizeOf } from '../../core/onnx/tensors';
import { isFailedRun, SINGLE } from '../runtime/batching';
import { timeOf } from '../runtime/race';
import { floats } from '../runtime/runtime';
import type { Explainer } from './explainer';
import { layerMask, score, type Work } from './passes';

/**
 * Milliseconds of a pass of the score session for each image of a full run, after the first one.
 *
 * @throws runtime-failed, out-of-memory, not-finite
 */
export async function timeOfImage(explainer: Explainer): Promise<number> {
  const { info, facts } = explainer;
  const dims = [1, ...facts.get(info.input.name)!.dims.slice(1)];
  const image = floats(new Float32Array(sizeOf(dims)), dims);
  const work: Work = { signal: new AbortController().signal, passes: 0 };
  const run = () => {
    const masks = Array.from({ length: explainer.batching.size }, () => layerMask(explainer, 1));
    return score(explainer, work, image, image, masks, { isTimed: true });
  };
  try {
    return (await timeOf(run)) / explainer.batching.size;
  } catch (thrown) {
    // Some graphs accept several images but can process only one; see `inChunks`.
    if (!isFailedRun(thrown) || explainer.batching.size === 1) throw thrown;
    explainer.batching = SINGLE;
    return timeOf(run);
  }
}
