import type { Identity } from '../../files/model-identity';
import type { Settings } from './journal/entry';
import type { Plan } from './plan';
import { PARTS } from './watch';

/**
 * All settings that the results depend on, under names that messages can use. The images are not among them, since an
 * evaluation may be extended by more images.
 */
export function settingsOf(plan: Plan, identity: Identity): Settings {
  return {
    [PARTS.model]: identity.model,
    [PARTS.conventions]: identity.conventions,
    methods: plan.units,
    'method options': plan.methods.map(({ options }) => options),
    metrics: plan.metrics.map(({ metric }) => metric),
    'metric options': plan.metrics.map((choice) => choice.options),
    seed: plan.seed,
    device: plan.device,
  };
}
