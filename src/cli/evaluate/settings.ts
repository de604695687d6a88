import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { ModelInfo } from '../../core/types';
import { withRegular } from '../../engine/files';
import type { Plan } from './evaluate';
import type { Settings } from './journal/journal';

/**
 * What decides every number that is found, under names that a message can use. Which images are evaluated is not in it: more
 * of them only add to what is there.
 */
export async function settingsOf(plan: Plan, info: ModelInfo): Promise<Settings> {
  const { path, name, labelsFile, ...conventions } = info;
  return {
    model: await fingerprint(path),
    'preprocessing, layer or labels': createHash('sha256').update(JSON.stringify(conventions)).digest('hex'),
    methods: plan.units,
    'method options': [...plan.own.values()],
    metrics: plan.metrics.map(({ metric }) => metric),
    'metric options': plan.metrics.map((choice) => choice.options),
    seed: plan.seed,
    device: plan.device,
  };
}

async function fingerprint(file: string): Promise<string> {
  const hash = createHash('sha256');
  await withRegular(file, (handle) => pipeline(handle.createReadStream({ autoClose: false }), hash));
  return hash.digest('hex');
}
