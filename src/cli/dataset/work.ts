/** Work on a run file, as commands wait for it. */
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import type { RunInfo, VersionInfo, Work } from '../../protocol/dataset';
import type { RunnerService } from '../../protocol/runner';
import type { RepairInfo } from '../../protocol/training';
import type { Terminal } from '../terminal';
import { createProgress } from './progress';

/** Work does not end with the signal of the command: it is cancelled, so that what is done is written first. */
export const quiet = { signal: new AbortController().signal, emit() {} };

/**
 * Resolves when work has ended, with what was told of it last, and tells how it goes meanwhile.
 *
 * @param trained gets what is known of the training, where the work is one
 * @throws cancelled by Ctrl-C, with what is done written; work-failed
 */
export async function finished(
  service: RunnerService,
  run: string,
  { work }: { readonly work: number },
  terminal: Terminal,
  trained?: (info: RepairInfo) => void,
): Promise<Work | undefined> {
  const following = new AbortController();
  const progress = createProgress((text) => terminal.say(text));
  const cancel = (): void => void service.cancel({ run, work }, quiet);
  terminal.signal.addEventListener('abort', cancel, { once: true });
  if (terminal.signal.aborted) cancel();
  let last: Work | undefined;
  await service.follow(
    { run },
    {
      signal: following.signal,
      emit(event, data) {
        if (event === 'repair' && 'repair' in data && data.work === work) trained?.(data);
        if (event !== 'work') return;
        const now = [data].flat().find((one) => 'kind' in one && one.id === work);
        // Of work that has ended only the last is told, and other work may have followed at once.
        if (!now || !('kind' in now)) return following.abort();
        last = now;
        progress.show(now);
        if (now.state === 'failed' || now.state === 'done') following.abort();
      },
    },
  );
  terminal.signal.removeEventListener('abort', cancel);
  if (terminal.signal.aborted) throw errors.cancelled();
  if (last?.state === 'failed') throw datasetErrors.workFailed(last.reason ?? '');
  return last;
}

/**
 * The version of this name; without one the newest.
 *
 * @param option that names it
 * @throws bad-option
 */
export function versionNamed({ run, versions }: RunInfo, name: string | undefined, option = '--version'): VersionInfo {
  const found = name === undefined ? versions.at(-1) : versions.find((version) => version.name === name);
  if (found) return found;
  const names = versions.map((version) => version.name).join(', ');
  if (name === undefined)
    throw errors.badOption('the run file', run, 'one with a model; make it with group-cam dataset');
  throw errors.badOption(option, name, names === '' ? 'left out: the file has none' : `one of ${names}`);
}
