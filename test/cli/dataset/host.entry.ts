/** A parent of a runner, as the extension host is one: `host.entry.js <run> <source> <model>` sweeps until it is killed. */
import { createRunner } from '../../../src/client/runner';
import { errors } from '../../../src/core/errors';
import { project } from '../../support/shared';

async function main(): Promise<void> {
  const [run, source, model] = process.argv.slice(2);
  if (!run || !source || !model) throw errors.internal('host.entry.js <run> <source> <model>');
  const runner = createRunner({ module: project('dist', 'runner.js'), log: (line) => console.error(line) });
  const { versions } = await runner.call('prepare', { run, source, models: [{ path: model }] });
  await runner.call('open', { run });
  for (const { id } of versions) await runner.call('sweep', { run, version: id, device: 'cpu' });
  await runner.call('follow', { run }, { timeout: Number.POSITIVE_INFINITY });
}

void main();
