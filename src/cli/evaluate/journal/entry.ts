/** The content of a journal. */
import type { MethodName } from '../../../core/methods/names';
import type { Measured } from '../../../core/metrics/measurement';
import type { ClassScore } from '../../../core/output';

/** What is measured together: the map of one method, or the baselines. */
export type Unit = MethodName | 'baselines';

export interface MapResult extends Measured {
  /** Name of the method or the baseline. */
  readonly map: string;
  readonly blank: boolean;
}

export interface Entry {
  /** The item's name. */
  readonly item: string;
  /** Stamp of the image's file when it was evaluated. */
  readonly stamp: string;
  readonly unit: Unit;
  readonly found: Found;
}

/** The maps and the class that they explain, or the reason why there are none. */
export type Found = { readonly class: ClassScore; readonly maps: readonly MapResult[] } | { readonly error: string };

export type Settings = Readonly<Record<string, unknown>>;
