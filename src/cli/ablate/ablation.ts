/** The results of sweeps. */
import type { MethodName } from '../../core/methods/names';
import type { ScoreInfo } from '../../core/metrics/measurement';
import type { Estimate } from '../../core/statistics/estimate';

/** One option at several values. */
export interface Sweep {
  readonly option: string;
  readonly points: readonly SweepPoint[];
}

export interface SweepPoint {
  readonly value: string;
  readonly images: number;
  readonly blank: number;
  readonly scores: Readonly<Record<string, Estimate>>;
}

export interface Ablation {
  readonly model: string;
  readonly sha256: string;
  readonly source: string;
  readonly method: MethodName;
  readonly scores: Readonly<Record<string, ScoreInfo>>;
  readonly sweeps: readonly Sweep[];
}
