/**
 * Ends this process from a separate thread. A run of the runtime blocks the main thread for seconds or for ever, so the
 * main thread can't do this. SIGKILL is used, since no thread can delay it.
 */
import { Worker } from 'node:worker_threads';
import { reasonOf } from '../core/errors';

export interface Watch {
  /** The expected parent: the process ends if it gets another parent, or if this one has ended. */
  readonly parent?: number;
  /** The process ends, with `line` on stderr, if it holds more than `bytes`. */
  readonly memory?: { readonly bytes: number; readonly line: string };
  /** The process ends, with `line` on stderr, if the main thread does not return to its event loop for so long. */
  readonly silence?: { readonly milliseconds: number; readonly line: string };
}

const INTERVAL = 250;

/** Starts the watching thread, which does not keep the process alive. */
export function watchProcess(watch: Watch): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  if (watch.silence) setInterval(() => Atomics.add(beats, 0, 1), INTERVAL).unref();
  const thread = new Worker(`(${watchThread})()`, { eval: true, workerData: { ...watch, beats, interval: INTERVAL } });
  thread.on('error', (thrown) => console.error(`the process is not watched: ${reasonOf(thrown)}`));
  thread.unref();
}

/**
 * The code of the thread. It is passed as text, so that it needs no file of its own; it can't use anything else of this
 * module.
 */
function watchThread(): void {
  const { workerData } = require('node:worker_threads') as typeof import('node:worker_threads');
  const { writeSync } = require('node:fs') as typeof import('node:fs');
  const { parent, memory, silence, beats, interval } = workerData as Watch & { beats: Int32Array; interval: number };
  let last = 0;
  // Silence is counted in checks rather than measured, so that the time in which a computer sleeps does not count.
  let silent = 0;

  function end(line?: string): void {
    try {
      if (line !== undefined) writeSync(2, `${line}\n`);
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }

  /** On Windows, processes whose parent has ended do not get a new parent. */
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
