/** How an image becomes a network's input. */
import type { Fit } from '../geometry';
import type { Interpolation } from '../resample';
import type { Sourced } from '../sourced';

export const COLORS = ['RGB', 'BGR', 'GRAY'] as const;

export type Color = (typeof COLORS)[number];

/** How an image becomes the network's input: value = (pixel * scale - mean) / std, per channel in `color`'s order. */
export interface Preprocessing {
  readonly width: Sourced<number>;
  readonly height: Sourced<number>;
  readonly fit: Sourced<Fit>;
  /**
   * Pixels before the centre crop: with `crop` of the image's shorter side, with `squash` and `pad` of the shorter side of
   * what the image is scaled to or into, which has the input's proportions.
   */
  readonly resize: Sourced<number>;
  readonly interpolation: Sourced<Interpolation>;
  readonly color: Sourced<Color>;
  readonly scale: Sourced<number>;
  readonly mean: Sourced<readonly number[]>;
  readonly std: Sourced<readonly number[]>;
}
