/** Values with their sources. */

/** A value and where it came from; `assumed` ones are shown as assumptions. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
}

export type Origin = 'chosen' | 'sidecar' | 'hugging-face' | 'metadata' | 'exporter' | 'graph' | 'assumed';
