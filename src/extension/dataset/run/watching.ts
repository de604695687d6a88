/**
 * Watches the files of a run file's models, as long as that is wanted: a training loop overwrites its file, and each whole
 * one becomes a version. Pure.
 */
import { toExplainError } from '../../../core/errors';
import type { ToDatasetPage } from '../../../protocol/dataset-page';
import type { DeviceChoice } from '../../../protocol/devices';
import { type CallRunner, hasEnded } from './runner-call';

export interface Watching {
  /** The file is open in a process, until the signal is aborted or the process ends. */
  begin(signal: AbortSignal): void;
  /** Watches or leaves the files, as is wanted now. */
  update(): void;
}

export interface WatchingOptions {
  readonly run: string;
  readonly call: CallRunner;
  device(): DeviceChoice;
  watches(): boolean;
  tell(told: Extract<ToDatasetPage, { type: 'added' | 'notice' }>): void;
  log(line: string): void;
}

export function createWatching({ run, call, device, watches, tell, log }: WatchingOptions): Watching {
  /** Ends with the process in which the file is open. */
  let open: AbortSignal | undefined;
  let watch: AbortController | undefined;

  async function start(outer: AbortSignal): Promise<void> {
    const mine = new AbortController();
    watch = mine;
    const on = {
      added: (version: number) => tell({ type: 'added', version }),
      // What is half written is tried again by itself; only what stays unreadable is told.
      failed: ({ message }: { readonly message: string }) => tell({ type: 'notice', text: message }),
    };
    const signal = AbortSignal.any([outer, mine.signal]);
    try {
      await call('watch', { run, device: device() }, { signal, timeout: Number.POSITIVE_INFINITY, on });
    } catch (thrown) {
      const error = toExplainError(thrown);
      // With the process the file is opened again, from where watching begins anew.
      if (!signal.aborted && !hasEnded(error.code)) {
        log(error.message);
        tell({ type: 'notice', text: `The model's file is not watched: ${error.message}` });
      }
    } finally {
      if (watch === mine) watch = undefined;
    }
  }

  function update(): void {
    if (!watches()) {
      watch?.abort();
      watch = undefined;
    } else if (open && !open.aborted && !watch) void start(open);
  }

  return {
    begin(signal) {
      open = signal;
      watch = undefined;
      update();
    },
    update,
  };
}
