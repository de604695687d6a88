/** The option `--queue`, and `group-cam dataset --queue`: a dataset that the workers of a queue compute. */
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import { DEFAULT_CHOICE } from '../../core/methods/choice';
import { keepHeapSmall } from '../../runner/memory';
import { createRunnerService } from '../../runner/service';
import { stopped } from '../stopped';
import type { Terminal } from '../terminal';
import { type DatasetOptions, sharedModel } from './options';
import { summarise } from './summary';
import { finished } from './work';

/** The variable with the queue's address: unlike an option, it stands in no list of processes. */
export const QUEUE_VARIABLE = 'GROUP_CAM_QUEUE';

/**
 * The address of the queue, from the option or the variable. Afterwards neither the arguments of this process nor the
 * environment of those that it starts hold it: an engine runs models of others.
 */
export function takeAddress(option: string | undefined): string | undefined {
  const address = option ?? process.env[QUEUE_VARIABLE];
  delete process.env[QUEUE_VARIABLE];
  // On Linux and macOS the title is written over the arguments.
  if (option !== undefined) process.title = 'group-cam';
  return address === '' ? undefined : address;
}

/** @throws queue-address, queue-unreachable, plan-differs, shared-invalid, bad-option; what datasets and models throw */
export async function distribute(
  source: string,
  address: string,
  options: DatasetOptions,
  terminal: Terminal,
): Promise<void> {
  const { run, shared, maps, for: rows = 'wrong', limit, mapping, shardSize: size } = options;
  if (run === undefined) throw errors.noRunFile();
  const model = sharedModel(options);
  keepHeapSmall();
  const say = (line: string) => terminal.say(line);
  const runner = createRunnerService({ log: (line) => options.verbose && say(`engine: ${line}`), say });
  const { service } = runner;
  try {
    const params = {
      ...{ run, shared: shared!, queue: address, size },
      what: {
        ...{ source, model },
        ...(mapping !== undefined && { mapping }),
        ...(limit !== undefined && { limit }),
      },
      ...(maps !== undefined &&
        rows !== 'none' && { maps: { method: { ...DEFAULT_CHOICE, method: maps }, for: rows } as const }),
    };
    const { work, version, worker } = await service.distribute(params, { signal: terminal.signal, emit() {} });
    say(`a worker is started by: ${worker}`);
    await finished(service, run, { work }, terminal);
    await summarise(service, run, version, terminal);
  } catch (thrown) {
    if (!terminal.signal.aborted) throw thrown;
    stopped(terminal);
  } finally {
    await runner.dispose();
  }
}

/** @throws queue-address if there is none */
export function neededAddress(option: string | undefined): string {
  const address = takeAddress(option);
  if (address === undefined) throw datasetErrors.noAddress();
  return address;
}
