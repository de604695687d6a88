import path from 'node:path';
import { shownActivation } from '../../../core/output';
import type { Plan } from '../plan';
import type { Watch } from '../watch';

export type About = ReturnType<typeof aboutOf>;

/** Describes what was evaluated, and how. */
export function aboutOf({ source, items, methods, metrics, seed, device }: Plan, { info, identity }: Watch) {
  return {
    model: path.basename(info.path),
    sha256: identity.model,
    layer: info.layer.value,
    activation: shownActivation(info.output),
    source: path.basename(path.resolve(source)),
    items: items.length,
    images: new Set(items.map(({ image }) => image)).size,
    methods: methods.map(({ method, options }) => ({ method, options })),
    metrics,
    seed,
    device,
    assumptions: info.assumptions,
  };
}
