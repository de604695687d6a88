/**
 * The page of an explanation in plain Chromium, which is sent what the engine finds, as it finds it: how long its main
 * thread works for a frame of the screen meanwhile, in a trace.
 *
 * Arguments: model, class.
 */
import type { Browser } from 'playwright-core';
import { createEngine } from '../../src/client/engine';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { Frame } from '../../src/core/saliency';
import { project } from '../support/shared';
import { picturesShown } from '../webview/support/editor-page';
import { launch, openPage } from '../webview/support/page';
import { CAT, editorState } from '../webview/support/states';
import { finish, median } from './measure';

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

async function main([model, target]: string[]): Promise<void> {
  const browser = await launch();
  const engine = createEngine({ module: project('dist', 'engine.js'), log: () => {} });
  const { page, send } = await openPage(browser, 'editor', { width: 1600, height: 1000 });
  const working = (done: number, total: number) => ({ kind: 'working' as const, text: 'Group-CAM', done, total });
  await send({ type: 'state', state: editorState([{ title: 'cat', state: working(0, 0) }]) });
  await picturesShown(page);

  // With Chromium's own categories of timelines; tasks of all threads are among them.
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  const sent: Promise<void>[] = [];
  const frame = (found: Frame) => {
    const shown = { ...found, map: [...found.map] };
    sent.push(
      send({ type: 'slot', index: 0, slot: { title: 'cat', state: working(found.done, found.total), frame: shown } }),
    );
  };
  const result = await engine.call(
    'explain',
    {
      ...DEFAULT_CHOICE,
      view: 'bench',
      image: { path: project('media', 'demo', 'scenes', 'cat-and-dog.png') },
      model: { path: model! },
      target: { index: Number(target) },
      device: 'cpu',
      top: 5,
    },
    { on: { frame } },
  );
  await Promise.all(sent);
  const final = { ...result.frame, map: [...result.frame.map] };
  await send({ type: 'slot', index: 0, slot: { ...CAT, frame: final } });
  const frames = await framesOf(browser);
  engine.dispose();
  await browser.close();
  finish({ frames: frames.length, longest: Math.max(...frames), median: median(frames) });
}

/** Milliseconds of work of the page's main thread, for each frame of the screen in which there was any. */
async function framesOf(browser: Browser): Promise<number[]> {
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

void main(process.argv.slice(2));
