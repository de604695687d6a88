/** Which map is asked for. */
import type { Variant } from '../cam/variants';
import type { OwnOptions } from '../options';
import type { MethodName } from './names';

export interface MethodOptions {
  readonly method: MethodName;
  /** Of Group-CAM. */
  readonly variant: Variant;
  /** G: groups of channels, of Group-CAM. */
  readonly groups: number;
  /** theta: percentile, 0 to 100; values not above it are removed from a mask. */
  readonly theta: number;
  /** Gaussian kernel of the blurred image: odd size in pixels, and sigma in pixels. */
  readonly blurKernel: number;
  readonly blurSigma: number;
  /** Further options of the method, by the names that its table gives them; the others have their defaults. */
  readonly own?: OwnOptions;
}

/** The paper's settings. */
export const DEFAULT_OPTIONS: MethodOptions = {
  method: 'group-cam',
  variant: 'paper',
  groups: 32,
  theta: 70,
  blurKernel: 51,
  blurSigma: 50,
};
