/**
 * The page of an explanation in plain Chromium, which is sent what the engine finds, as it finds it: how long its main
 * thread works for a frame of the screen meanwhile, in a trace.
 *
 * Arguments: model, class.
 */
import { createEngine } from '../../src/client/engine';
import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import type { Frame } from '../../src/core/saliency';
import { project } from '../support/shared';
import { launch } from '../webview/support/browser';
import { picturesShown } from '../webview/support/editor-page';
import { openPage } from '../webview/support/page';
import { CAT, editorState } from '../webview/support/states';
import { framesOf, startTrace } from './frames';
import { finish, median } from './measure';

async function main([model, target]: string[]): Promise<void> {
  const browser = await launch();
  const engine = createEngine({ module: project('dist', 'engine.js'), log: () => {} });
  const { page, send } = await openPage(browser, 'editor', { width: 1600, height: 1000 });
  const working = (done: number, total: number) => ({ kind: 'working' as const, text: 'Group-CAM', done, total });
  await send({ type: 'state', state: editorState([{ title: 'cat', state: working(0, 0) }]) });
  await picturesShown(page);

  await startTrace(browser, page);
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

void main(process.argv.slice(2));
