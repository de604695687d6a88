import type { MethodChoice } from '../../core/methods/choice';
import type { MetricChoice } from '../../core/metrics/measurement';
import type { Stamped } from '../../files/items';
import type { DeviceChoice } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';
import type { Unit } from './journal/entry';

/** Everything that determines the results of an evaluation. */
export interface Plan {
  readonly source: string;
  readonly items: readonly Stamped[];
  readonly model: ModelChoice;
  readonly device: DeviceChoice;
  /** Each method once, with all of its options. */
  readonly methods: readonly MethodChoice[];
  readonly metrics: readonly MetricChoice[];
  readonly units: readonly Unit[];
  readonly seed: number;
}
