/** Which map is asked for. */
import type { OptionValues } from '../options';
import type { MethodName } from './names';

export interface MethodChoice {
  readonly method: MethodName;
  /** Of the method, by the names of its table; those left out have their defaults. */
  readonly options: OptionValues;
  readonly blur: Blur;
}

/** Gaussian kernel of the blurred image. */
export interface Blur {
  /** Odd, in pixels. */
  readonly kernel: number;
  /** In pixels. */
  readonly sigma: number;
}

/** The paper's settings. */
export const DEFAULT_CHOICE: MethodChoice = {
  method: 'group-cam',
  options: {},
  blur: { kernel: 51, sigma: 50 },
};
