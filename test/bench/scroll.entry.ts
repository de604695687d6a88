/**
 * The page of a run file in plain Chromium, scrolled over a million rows from end to end: how long its main thread works
 * for a frame of the screen meanwhile, in a trace. The host is a worker of the page, so that its own work counts to
 * another thread.
 *
 * Arguments: rows, width of a tile in pixels, frames, pixels for each frame (0: from end to end and back).
 */

import { openDataset } from '../webview/dataset/support/dataset-page';
import { launch } from '../webview/support/browser';
import { framesOf, startTrace } from './frames';
import { finish, median } from './measure';

async function main([rows, tile, steps, speed]: string[]): Promise<void> {
  const browser = await launch();
  const options = { width: 1440, height: 900, saved: { tile: Number(tile) } };
  const { page, settled } = await openDataset(browser, { items: Number(rows), classes: 1_000, side: 128 }, options);
  await settled();
  // Once before, so that what is measured is not the compilation of the code.
  await scroll(page, 60, Number(speed));
  await settled();
  await startTrace(browser, page);
  await scroll(page, Number(steps), Number(speed));
  const frames = await framesOf(browser);
  await browser.close();
  const sorted = frames.toSorted((a, b) => a - b);
  finish({
    frames: frames.length,
    longest: sorted.at(-1),
    late: sorted[Math.floor(0.99 * sorted.length)],
    median: median(frames),
  });
}

/** A step with each frame of the screen. */
function scroll(page: Awaited<ReturnType<typeof openDataset>>['page'], steps: number, speed: number): Promise<void> {
  return page.getByTestId('grid').evaluate(
    async (grid, [count, step]) => {
      const way = grid.scrollHeight - grid.clientHeight;
      const start = grid.scrollTop;
      for (let i = 0; i <= count; i++) {
        grid.scrollTop = step > 0 ? start + i * step : (way * (i <= count / 2 ? 2 * i : 2 * (count - i))) / count;
        await new Promise(requestAnimationFrame);
      }
    },
    [steps, speed] as const,
  );
}

void main(process.argv.slice(2));
