import type { Settings } from './journal/entry';
import type { Plan } from './plan';
import { type Identity, PARTS } from './watch';

/**
 * What decides every number that is found, under names that a message can use. Which images are evaluated is not in it: more
 * of them only add to what is there.
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
