/** The editor page with hands and eyes for tests. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { type Canvas, readCanvas } from '../../support/canvas';
import { useBrowser } from './browser';
import { drawn, type Options, openPage, type Webview } from './page';
import { SCENE } from './states';

export type EditorPage = Awaited<ReturnType<typeof openEditor>>;

/**
 * For a `describe`: one browser for its tests, and for each test one page, in which nothing may be reported as an error.
 *
 * @param opened told of each page
 * @returns what opens a page on a state
 */
export function editorPages(opened: (editor: EditorPage) => void) {
  const browser = useBrowser('editor');
  let editor: EditorPage;
  afterEach(async () => {
    assert.deepEqual(editor.errors, []);
    await editor.close();
  });
  return async (state: object, options?: Options): Promise<void> => {
    editor = await openEditor(browser(), state, options);
    opened(editor);
  };
}

/** The editor on a state that the host has sent, with its picture loaded. */
async function openEditor(browser: Browser, state: object, options: Options = {}) {
  const webview: Webview = await openPage(browser, 'editor', options);
  const { page, find } = webview;
  await webview.send({ type: 'state', state });
  if (!options.pictures) await picturesShown(page);
  /** Does something, and waits until the page has drawn what follows. */
  const settle = async (act: () => Promise<unknown>) => {
    await act();
    await drawn(page);
  };
  return {
    ...webview,
    settle,
    bodyState: () => page.evaluate(() => document.body.dataset['state']),
    postedOf: async (type: string) => (await webview.posted()).filter((message) => message.type === type),
    setSlider: (id: string, percent: number) => find(id).fill(String(percent)),
    /** Where the image lies in the first pane, in pixels of the screen. */
    async placement() {
      const view = (await page.locator('.view').first().boundingBox())!;
      const image = (await find('image-0').boundingBox())!;
      return { left: image.x - view.x, top: image.y - view.y, scale: image.width / SCENE.width, view };
    },
    canvas: (id: string) => readCanvas(find(`heat-${id}`)),
  };
}

/** Until every picture is decoded, and what is drawn over it has been drawn. */
export async function picturesShown(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  await drawn(page);
}

/** The pixel with the highest red, of a grey canvas the brightest. */
export function brightest({ width, rgba }: Canvas) {
  let best = 0;
  for (let i = 4; i < rgba.length; i += 4) if (rgba[i]! > rgba[best]!) best = i;
  const at = best / 4;
  return { x: (at % width) + 0.5, y: Math.floor(at / width) + 0.5, rgba: [...rgba.subarray(best, best + 4)] };
}

/** How many pixels have at least this alpha. */
export const visible = ({ rgba }: Canvas, alpha = 1) => rgba.filter((value, i) => i % 4 === 3 && value >= alpha).length;

/** The numbers of a reading: x, y, values. */
export const numbersOf = (reading: string) => [...reading.matchAll(/[\d.]+/g)].map(([digits]) => Number(digits));
