/** Paints in a worker, so that the page stays free for the user; on the page where there is no worker. */
import { reasonOf } from '../../src/core/errors';
import { openWorker } from '../worker';
import { type Job, type Painted, paint } from './painting';

export type Painter = (job: Job) => Promise<Painted>;

/** A message to the worker; the answer has the same id. */
export interface Question {
  readonly id: number;
  readonly job: Job;
}
export interface Answer {
  readonly id: number;
  readonly painted: Painted;
}

/** A worker that does not answer for so long is considered lost. Painting a picture takes milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * @param address address of the worker's script
 * @param failed called once, with a sentence, if there is no worker or it is lost; everything is then painted on the
 *   page
 */
export function createPainter(address: string, failed: (reason: string) => void): Painter {
  let worker: Promise<WorkerLine | undefined> = openWorker(address, 'heat').then(
    (opened) => lineTo(opened, giveUp),
    (thrown) => giveUp(reasonOf(thrown)),
  );
  function giveUp(reason: string): undefined {
    worker = Promise.resolve(undefined);
    failed(`Heat is painted by the page itself, since its worker has failed: ${reason}`);
  }
  return async (job) => {
    const line = await worker;
    return (await line?.(job)) ?? paint(job);
  };
}

/** The result is undefined if the worker will not answer. */
type WorkerLine = (job: Job) => Promise<Painted | undefined>;

/** @param lost called once, with the reason why the worker will not answer any more */
export function lineTo(
  worker: Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'>,
  lost: (reason: string) => void,
): WorkerLine {
  const pending = new Map<number, (painted: Painted | undefined) => void>();
  let last = 0;
  let isLost = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Restarts the timer, which runs from the last sign of life while something is pending. */
  function watch(): void {
    clearTimeout(timer);
    if (pending.size > 0) timer = setTimeout(() => end('it does not answer'), PATIENCE_MS);
  }
  function end(reason: string): void {
    if (isLost) return;
    isLost = true;
    clearTimeout(timer);
    worker.terminate();
    lost(reason);
    for (const settle of pending.values()) settle(undefined);
    pending.clear();
  }
  worker.addEventListener('message', ({ data: { id, painted } }: MessageEvent<Answer>) => {
    pending.get(id)?.(painted);
    pending.delete(id);
    watch();
  });
  worker.addEventListener('messageerror', () => end('its answer can not be read'));
  worker.addEventListener('error', (event) => {
    // The error is reported here, so it need not appear in the console.
    event.preventDefault();
    end(event.message || 'it can not start');
  });

  return (job) => {
    if (isLost) return Promise.resolve(undefined);
    return new Promise((settle) => {
      last += 1;
      pending.set(last, settle);
      const question: Question = { id: last, job };
      worker.postMessage(question);
      if (pending.size === 1) watch();
    });
  };
}
