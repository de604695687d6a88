/** `group-cam dataset`: a run file from a dataset and models. */
import { errors } from '../../core/errors';
import { DEFAULT_CHOICE } from '../../core/methods/choice';
import type { RunnerService } from '../../protocol/runner';
import { createRunnerService } from '../../runner/service';
import { stopped } from '../stopped';
import type { Terminal } from '../terminal';
import type { DatasetOptions } from './options';
import { summarise } from './summary';
import { finished, quiet } from './work';

export async function dataset(source: string, options: DatasetOptions, terminal: Terminal): Promise<void> {
  const { maps, for: rows = 'wrong' } = options;
  if (options.for !== undefined && maps === undefined)
    throw errors.badOption('--for', rows, 'left out, or given with --maps <method>');
  if (options.queue !== undefined && options.shared === undefined)
    throw errors.badOption(
      '--queue',
      'without --shared',
      'given with --shared <folder>, where the workers put results',
    );
  if (options.queue !== undefined && options.shard !== undefined)
    throw errors.badOption('--shard', options.shard, 'left out: a queue gives shards to whoever is free');
  if (options.shared !== undefined) {
    const { distribute, takeAddress } = await import('./queue');
    const address = options.shard === undefined ? takeAddress(options.queue) : undefined;
    if (address !== undefined) return distribute(source, address, options, terminal);
    const { datasetShards } = await import('./shards');
    return datasetShards(source, options, terminal);
  }
  if (options.shard !== undefined)
    throw errors.badOption('--shard', options.shard, 'given with --shared <folder>, which gets the results');
  const { run: file } = options;
  if (file === undefined) throw errors.noRunFile();
  const runner = createRunnerService({ log: (line) => options.verbose && terminal.say(`engine: ${line}`) });
  try {
    const { run, service, versions } = await opened(source, { ...options, run: file }, runner.service, terminal);
    for (const { id } of versions) {
      await finished(service, run, await service.sweep({ run, version: id, device: options.device }, quiet), terminal);
      if (maps !== undefined && rows !== 'none') {
        const method = { ...DEFAULT_CHOICE, method: maps };
        const params = { run, version: id, device: options.device, method, of: rows };
        await finished(service, run, await service.compute(params, quiet), terminal);
      }
      await summarise(service, run, id, terminal);
    }
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal);
  } finally {
    await runner.dispose();
  }
}

async function opened(
  source: string,
  options: DatasetOptions & { readonly run: string },
  service: RunnerService,
  terminal: Terminal,
) {
  const { run, limit, mapping, labels } = options;
  const params = {
    run,
    source,
    models: options.model.map((model) => ({ path: model, ...(labels !== undefined && { labels }) })),
    ...(limit !== undefined && { limit }),
    ...(mapping !== undefined && { mapping }),
  };
  const { prepared } = await service.prepare(params, { signal: terminal.signal, emit() {} });
  const info = await service.open({ run }, quiet);
  const versions = info.versions.filter(({ id }) => prepared.includes(id));
  const assumptions = versions.flatMap((version) => version.assumptions.map((text) => `${version.name}: ${text}`));
  terminal.say([...info.notes, ...new Set(assumptions)]);
  return { run, service, versions };
}
