/**
 * Occlusion (Zeiler and Fergus, arXiv 1311.2901, section 4.2): how much the score drops when a grey patch hides each
 * place.
 */

import type { Target } from '../target/target';
import { FAINT, FAINT_TEXT } from './faint';
import { NO_DIFFERENCE, pixelFrame, quotients } from './maps';
import type { OptionsOfMethod } from './method-options';
import type { InputImage, MethodNetwork, MethodRun } from './network';

interface Patch {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/**
 * A pixel's value is the mean drop over the patches that hide it, and negative if hiding the pixel raises the score. If
 * no patch changes the probability, for instance because it is 1 in single precision, or if it is too small to be told apart,
 * the drop of the logit is used instead.
 */
export async function* occlusion(
  network: MethodNetwork,
  target: Target,
  { patch, stride }: OptionsOfMethod<'occlusion'>,
): MethodRun {
  const { input } = network;
  const shorter = Math.min(input.height, input.width);
  const side = Math.max(1, Math.round((shorter * patch) / 100));
  const step = Math.min(side, Math.max(1, Math.round((shorter * stride) / 100)));
  const tops = starts(input.height, side, step);
  const lefts = starts(input.width, side, step);
  const patches = tops.flatMap((top) => lefts.map((left): Patch => ({ top, left, side })));

  const zeros = () => new Float64Array(input.height * input.width);
  const [drops, dropsOfLogit, covers] = [zeros(), zeros(), zeros()];
  const [score, logit] = [target.score(network.outputs), target.value(network.outputs)];
  let [done, byLogit, most] = [0, false, score];
  const isFaint = () => target.startsAtZero && Math.abs(most) < FAINT;
  for await (const chunk of network.scoreMasks(hiding(input, patches), 'zero')) {
    for (const { item, outputs } of chunk) {
      const left = target.score(outputs);
      const drop = score - left;
      most = Math.max(most, Math.abs(left));
      const dropOfLogit = logit - target.value(outputs);
      for (const at of pixelsOf(item.patch, input.width)) {
        drops[at]! += drop;
        dropsOfLogit[at]! += dropOfLogit;
        covers[at]! += 1;
      }
    }
    done += chunk.length;
    byLogit = done === patches.length && (isZero(drops) || isFaint()) && !isZero(dropsOfLogit);
    yield pixelFrame(input, quotients(byLogit ? dropsOfLogit : drops, covers), true, { done, total: patches.length });
  }
  if (!byLogit) return NO_DIFFERENCE;
  const size = isFaint() ? `is ${FAINT_TEXT}` : `stays ${score}`;
  const note = `the probability of this class ${size} whatever is hidden; the map shows what its logit loses`;
  return { ...NO_DIFFERENCE, note, byLogit };
}

const isZero = (values: Float64Array): boolean => values.every((value) => value === 0);

/** Start positions from 0 on, `step` apart, until the side is covered. The last patch ends at the end of the side. */
function starts(length: number, side: number, step: number): number[] {
  const last = length - side;
  return Array.from({ length: Math.ceil(last / step) + 1 }, (_, i) => Math.min(i * step, last));
}

/**
 * A mask of 2 x 2. It is 0 where both the row and the column belong to the patch, which leaves the mean colour there.
 */
const HOLE = Float32Array.of(1, 1, 1, 0);

function* hiding({ height, width }: InputImage, patches: readonly Patch[]) {
  for (const patch of patches) {
    const { top, left, side } = patch;
    const rows = new Float32Array(2 * height);
    for (let i = 0; i < height; i++) rows[2 * i + Number(i >= top && i < top + side)] = 1;
    const columns = new Float32Array(2 * width);
    for (let j = 0; j < width; j++) columns[j + width * Number(j >= left && j < left + side)] = 1;
    yield { patch, mask: HOLE, resampling: { rows, columns } };
  }
}

function* pixelsOf({ top, left, side }: Patch, width: number) {
  for (let i = top; i < top + side; i++) {
    for (let j = left; j < left + side; j++) yield i * width + j;
  }
}
