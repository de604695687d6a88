/** What a journal holds. */
import type { MethodName } from '../../../core/methods/names';
import type { Measured } from '../../../core/metrics/measurement';
import type { ClassScore } from '../../../core/output';

/** What is measured at one go: a method's map, or the maps that know nothing. */
export type Unit = MethodName | 'baselines';

export interface MapResult extends Measured {
  /** Methods and baselines by their names. */
  readonly map: string;
  readonly blank: boolean;
}

export interface Entry {
  /** The item's name. */
  readonly item: string;
  /** Of the image's file when it was evaluated. */
  readonly stamp: string;
  readonly unit: Unit;
  readonly found: Found;
}

/** The maps and the class that they explain, or why there are none. */
export type Found = { readonly class: ClassScore; readonly maps: readonly MapResult[] } | { readonly error: string };

export type Settings = Readonly<Record<string, unknown>>;
