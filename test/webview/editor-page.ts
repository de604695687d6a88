/** The editor page with hands and eyes for tests. */
import type { Browser, Page } from 'playwright-core';
import type { Size } from '../../src/core/types';
import { type Options, openPage, type Webview } from './page';
import { SCENE } from './states';

export interface Canvas extends Size {
  readonly rgba: Uint8Array;
}

export type EditorPage = Awaited<ReturnType<typeof openEditor>>;

/** The editor on a state that the host has sent, with its picture loaded. */
export async function openEditor(browser: Browser, state: object, options: Options = {}) {
  const webview: Webview = await openPage(browser, 'editor', options);
  const { page } = webview;
  await webview.send({ type: 'state', state });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  const find = (id: string) => page.getByTestId(id);

  /** Does something, and waits until the page has drawn what follows. */
  const settle = async (act: () => Promise<unknown>) => {
    await act();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  };
  return {
    ...webview,
    find,
    settle,
    bodyState: () => page.evaluate(() => document.body.dataset['state']),
    postedOf: async (type: string) => (await webview.posted()).filter((message) => message.type === type),
    setSlider: (id: string, percent: number) => settle(() => find(id).fill(String(percent))),
    press: (key: string) => settle(() => page.keyboard.press(key)),
    /** Where the image lies in the first pane, in pixels of the screen. */
    async placement() {
      const view = (await page.locator('.view').first().boundingBox())!;
      const image = (await find('image-0').boundingBox())!;
      return { left: image.x - view.x, top: image.y - view.y, scale: image.width / SCENE.width, view };
    },
    canvas: (id: string) => readCanvas(page, id),
  };
}

async function readCanvas(page: Page, id: string): Promise<Canvas> {
  const { width, height, base64 } = await page.getByTestId(`heat-${id}`).evaluate(async (element) => {
    const canvas = element as HTMLCanvasElement;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    // Text, since millions of numbers would take minutes to come over.
    const reader = new FileReader();
    await new Promise((done) => {
      reader.onload = done;
      reader.readAsDataURL(new Blob([data]));
    });
    return { width, height, base64: String(reader.result).split(',')[1]! };
  });
  return { width, height, rgba: Buffer.from(base64, 'base64') };
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
