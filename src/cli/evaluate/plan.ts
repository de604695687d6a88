import type { MethodName } from '../../core/methods/names';
import type { MetricChoice } from '../../core/metrics/measurement';
import type { OwnOptions } from '../../core/options';
import type { Stamped } from '../../files/items';
import type { DeviceChoice } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';
import type { Unit } from './journal/entry';

/** Everything that decides what is found. */
export interface Plan {
  readonly source: string;
  readonly items: readonly Stamped[];
  readonly model: ModelChoice;
  readonly device: DeviceChoice;
  readonly methods: readonly MethodName[];
  /** All options of each method. */
  readonly own: ReadonlyMap<MethodName, OwnOptions>;
  readonly metrics: readonly MetricChoice[];
  readonly units: readonly Unit[];
  readonly seed: number;
}
