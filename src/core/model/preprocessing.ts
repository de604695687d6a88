/** How an image becomes a network's input. */
import type { Fit } from '../geometry';
import type { Interpolation } from '../resample';
import type { Sourced } from '../sourced';

export const COLORS = ['RGB', 'BGR', 'GRAY'] as const;

export type Color = (typeof COLORS)[number];

/**
 * How an image becomes the network's input: value = (pixel * scale - mean) / std for each channel, in the order of
 * `color`.
 */
export interface Preprocessing {
  readonly width: Sourced<number>;
  readonly height: Sourced<number>;
  readonly fit: Sourced<Fit>;
  /**
   * Size in pixels before the centre crop. With `crop` it is that of the image's shorter side. With `squash` and `pad`
   * it is the shorter side of a rectangle with the input's proportions, which the image is stretched to or scaled to
   * fit into.
   */
  readonly resize: Sourced<number>;
  readonly interpolation: Sourced<Interpolation>;
  readonly color: Sourced<Color>;
  readonly scale: Sourced<number>;
  readonly mean: Sourced<readonly number[]>;
  readonly std: Sourced<readonly number[]>;
}
