/** Occlusion (Zeiler and Fergus, arXiv 1311.2901, section 4.2): how much a grey patch lowers the score, place by place. */
import { NO_DIFFERENCE, pixelFrame } from './maps';
import type { InputImage, MethodNetwork, MethodRun, Target } from './network';
import { type OptionsOf, real } from './options';
import { scoreOf } from './target';

export const occlusionOptions = {
  patch: real('Side of the patch, in percent of the shorter side of the input', 15, 0.1, 100),
  stride: real('Step between patches, in percent of the shorter side of the input', 5, 0.1, 100),
};

interface Patch {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** A pixel's value is the mean drop over the patches that hide it; negative where hiding it helps. */
export async function* occlusion(
  network: MethodNetwork,
  target: Target,
  { patch, stride }: OptionsOf<typeof occlusionOptions>,
): MethodRun {
  const { input } = network;
  const shorter = Math.min(input.height, input.width);
  const side = Math.max(1, Math.round((shorter * patch) / 100));
  const step = Math.min(side, Math.max(1, Math.round((shorter * stride) / 100)));
  const tops = starts(input.height, side, step);
  const lefts = starts(input.width, side, step);
  const patches = tops.flatMap((top) => lefts.map((left): Patch => ({ top, left, side })));

  const score = scoreOf(target, network);
  const drops = new Float64Array(input.height * input.width);
  const covers = new Float64Array(drops.length);
  let done = 0;
  for await (const chunk of network.scoreImages(occluded(input, patches))) {
    for (const { item, ...scores } of chunk) {
      const drop = score - scoreOf(target, scores);
      for (const at of pixelsOf(item.patch, input.width)) {
        drops[at]! += drop;
        covers[at]! += 1;
      }
    }
    done += chunk.length;
    const map = Float32Array.from(drops, (drop, i) => drop / (covers[i]! || 1));
    yield pixelFrame(input, map, true, { done, total: patches.length });
  }
  return NO_DIFFERENCE;
}

/** Steps from 0 until the side is covered; the last patch ends at its end. */
function starts(length: number, side: number, step: number): number[] {
  const last = length - side;
  return Array.from({ length: Math.ceil(last / step) + 1 }, (_, i) => Math.min(i * step, last));
}

/** The image with 0, after preprocessing mostly the mean colour, in the place of each patch. */
function* occluded({ data, channels, height, width }: InputImage, patches: readonly Patch[]) {
  for (const patch of patches) {
    const image = data.slice();
    for (const at of pixelsOf(patch, width)) {
      for (let c = 0; c < channels; c++) image[c * height * width + at] = 0;
    }
    yield { patch, image };
  }
}

function* pixelsOf({ top, left, side }: Patch, width: number) {
  for (let i = top; i < top + side; i++) {
    for (let j = left; j < left + side; j++) yield i * width + j;
  }
}
