/** `group-cam dataset`: a run file from a dataset and models. */
import { errors } from '../../core/errors';
import { DEFAULT_CHOICE } from '../../core/methods/choice';
import type { MethodName } from '../../core/methods/names';
import type { VersionId } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { RunnerService } from '../../protocol/runner';
import { createRunnerService } from '../../runner/service';
import type { Terminal } from '../terminal';
import { finished, quiet, stopped } from './work';

export interface DatasetOptions {
  readonly model: readonly string[];
  readonly run: string;
  readonly maps?: MethodName;
  readonly for?: 'all' | 'wrong' | 'none';
  readonly limit?: number;
  readonly mapping?: string;
  readonly labels?: string;
  readonly device: DeviceChoice;
  readonly verbose?: boolean;
}

export async function dataset(source: string, options: DatasetOptions, terminal: Terminal): Promise<void> {
  const { maps, for: rows = 'wrong' } = options;
  if (options.for !== undefined && maps === undefined)
    throw errors.badOption('--for', rows, 'left out, or given with --maps <method>');
  const runner = createRunnerService({ log: (line) => options.verbose && terminal.say(`engine: ${line}`) });
  try {
    const { run, service, versions } = await opened(source, options, runner.service, terminal);
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

async function opened(source: string, options: DatasetOptions, service: RunnerService, terminal: Terminal) {
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

async function summarise(service: RunnerService, run: string, version: VersionId, terminal: Terminal): Promise<void> {
  const info = await service.open({ run }, quiet);
  await service.close({ run }, quiet);
  const { name, done, failed } = info.versions.find(({ id }) => id === version)!;
  const { accuracy } = await service.classes({ run, version }, quiet);
  const parts = [
    `${done} of ${info.items} images computed`,
    ...(failed > 0 ? [`${failed} failed (query "failed" shows why)`] : []),
    ...(accuracy !== undefined ? [`accuracy ${(100 * accuracy).toFixed(2)} %`] : []),
  ];
  terminal.say(`${name}: ${parts.join(', ')}`);
}
