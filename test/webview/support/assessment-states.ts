/** Assessment as the host sends it, about the maps of `states.ts`. */
import sharp from 'sharp';
import type { Curve, Measured } from '../../../src/core/metrics/measurement';
import { SCORES } from '../../../src/core/metrics/metric-table';
import type { SanityMap } from '../../../src/core/sanity/types';
import type { ShownCheck, ShownMeasurement } from '../../../src/protocol/webview';
import { project } from '../../support/shared';
import { hillOn } from './states';

const DONE = { kind: 'done' } as const;
const POINTS = 101;

/** From one probability to another, the sooner the larger `speed` is. */
export function curve(from: number, to: number, speed: number, points = POINTS): Curve {
  const fractions = Array.from({ length: points }, (_, i) => i / (POINTS - 1));
  return { fractions, probabilities: fractions.map((f) => from + (to - from) * (1 - (1 - f) ** speed)) };
}

function measured(insertion: number, deletion: number, speed: number, others: Measured['scores']): Measured {
  return {
    scores: { insertion, deletion, overall: insertion - deletion, ...others },
    curves: { insertion: curve(0.04, 0.612, speed), deletion: curve(0.612, 0.04, speed) },
  };
}

/** The network's view of the scene, and the same blurred, as PNG; plain arrays, as JSON needs them. */
export async function pictures(): Promise<ShownMeasurement['pictures']> {
  const scene = sharp(project('media/demo/scenes/cat-and-dog.png')).removeAlpha().resize(128, 128);
  const [image, blurred] = await Promise.all([scene.clone().png().toBuffer(), scene.clone().blur(12).png().toBuffer()]);
  const bytes = (buffer: Buffer) => [...buffer] as unknown as Uint8Array;
  return {
    insertion: { from: bytes(blurred), to: bytes(image) },
    deletion: { from: bytes(image), to: bytes(blurred) },
  };
}

export async function measurement(more: Partial<ShownMeasurement> = {}, speed = 5): Promise<ShownMeasurement> {
  const random = measured(0.31, 0.3, 1.2, { road: 0.01, drop: 0.71, increase: 0, complexity: 0.5, sparseness: 0.33 });
  const centre = measured(0.42, 0.22, 2, { road: 0.12, drop: 0.44, increase: 0, complexity: 0.21, sparseness: 0.62 });
  const own = { road: 0.24, drop: 0.05, increase: 1, adcc: 0.81, coherency: 0.93, complexity: 0.17, sparseness: 0.71 };
  return {
    work: DONE,
    note: '',
    maps: { explanation: measured(0.523, 0.096 + speed / 100, speed, { ...own, sensitivity: 0.13 }), random, centre },
    scores: SCORES,
    pictures: await pictures(),
    ...more,
  };
}

const LAYERS = ['classifier.weight', 'features.9.conv.weight', 'features.6.conv.weight', 'features.3.conv.weight'];

/** Three draws at each depth; one map is blank. */
export function check(more: Partial<ShownCheck> = {}): ShownCheck {
  const maps = [0, 1, 2].flatMap((seed) =>
    LAYERS.map((layer, i): SanityMap => {
      const shared = { method: 'group-cam', randomisation: 'cascading', layer, depth: 3 * i + 1, seed } as const;
      if (seed === 1 && i === 2) return { ...shared, blank: 'no mask raises the probability' };
      return { ...shared, frame: hillOn(i % 2 ? 'dog' : 'cat'), similarity: { spearman: 0.8 - 0.25 * i, ssim: 0.5 } };
    }),
  );
  const verdict = 'Group-CAM passes: with all weights re-randomised its map has little to do with that of the network.';
  return { work: DONE, maps, verdict, ...more };
}
