/** How long the main thread of a page works for each frame of the screen, in a trace of Chromium. */
import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** CPU time of the thread, in microseconds: what other programs take from it is not counted. */
  readonly tdur?: number;
  readonly args: {
    readonly name?: string;
    readonly chrome_mojo_event_info?: { readonly mojo_interface_tag?: string };
  };
}

/** With Chromium's own categories of timelines; tasks of all threads are among them. */
export const startTrace = (browser: Browser, page: Page): Promise<void> =>
  browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });

/** Milliseconds of work of the page's main thread, for each frame of the screen in which there was any. */
export async function framesOf(browser: Browser): Promise<number[]> {
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const main = traceEvents.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const own = traceEvents.filter(({ pid, tid }) => pid === main?.pid && tid === main.tid).sort((a, b) => a.ts - b.ts);
  const frames: number[] = [];
  let work = 0;
  for (const { name, ph, args, tdur = 0 } of own) {
    if (ph === 'X' && name.endsWith('RunTask')) work += tdur / 1000;
    // By this line the test hands messages over, in the place of VS Code; the page's own work on them comes after it.
    if (args.chrome_mojo_event_info?.mojo_interface_tag === 'blink.mojom.DevToolsSession') work -= tdur / 1000;
    // The last step on this thread of a frame of the screen.
    if (name !== 'Layerize') continue;
    if (work > 0) frames.push(work);
    work = 0;
  }
  return work > 0 ? [...frames, work] : frames;
}
