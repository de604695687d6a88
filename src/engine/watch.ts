/**
 * Ends this process from outside of its main thread, which a run of the runtime blocks for as long as it takes: seconds, or
 * for ever. A thread of its own looks; the signal is the one that no thread can hold up.
 */
import { Worker } from 'node:worker_threads';
import { reasonOf } from '../core/errors';

export interface Watch {
  /** The process ends when it has another parent than this one, or when this one is gone. */
  readonly parent?: number;
  /** It ends when it holds more than `bytes`, with `line` on stderr. */
  readonly memory?: { readonly bytes: number; readonly line: string };
  /** It ends when the main thread has not come back to its event loop for so long, with `line` on stderr. */
  readonly silence?: { readonly milliseconds: number; readonly line: string };
}

const INTERVAL = 250;

/** Looks until the process ends, which this does not hold up. */
export function watchProcess(watch: Watch): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  if (watch.silence) setInterval(() => Atomics.add(beats, 0, 1), INTERVAL).unref();
  const thread = new Worker(`(${look})()`, { eval: true, workerData: { ...watch, beats, interval: INTERVAL } });
  thread.on('error', (thrown) => console.error(`the process is not watched: ${reasonOf(thrown)}`));
  thread.unref();
}

/** What the thread does. It is given as text, so that it needs no file: nothing of this module is known to it. */
function look(): void {
  const { workerData } = require('node:worker_threads') as typeof import('node:worker_threads');
  const { writeSync } = require('node:fs') as typeof import('node:fs');
  const { parent, memory, silence, beats, interval } = workerData as Watch & { beats: Int32Array; interval: number };
  let last = 0;
  // Counted, not measured: a computer that slept has not been silent.
  let silent = 0;

  function end(line?: string): void {
    try {
      if (line !== undefined) writeSync(2, `${line}\n`);
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }

  /** Processes without a parent are given another one, but not on Windows. */
  function hasParent(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return process.ppid === pid;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' && process.ppid === pid;
    }
  }

  setInterval(() => {
    if (parent !== undefined && !hasParent(parent)) end();
    if (memory && process.memoryUsage.rss() > memory.bytes) end(memory.line);
    const beat = Atomics.load(beats, 0);
    silent = beat === last ? silent + interval : 0;
    last = beat;
    if (silence && silent > silence.milliseconds) end(silence.line);
  }, interval);
}
