/** The page of a run file with hands and eyes for tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import type { TagInfo, Work } from '../../../../src/protocol/dataset';
import { project } from '../../../support/shared';
import { until } from '../../../support/wait';
import { useBrowser } from '../../support/browser';
import { drawn, type Options, openPage } from '../../support/page';
import type { Setup } from './data';

export type DatasetPage = Awaited<ReturnType<typeof openDataset>>;

export interface Told extends Setup {
  readonly work?: readonly Work[];
  readonly tagged?: readonly TagInfo[];
}

const SCRIPT = project('out/test/webview/dataset/support/host.entry.js');

/** For a `describe`: one browser for its tests, and for each a page, in which nothing may be reported as an error. */
export function datasetPages(opened: (page: DatasetPage) => void) {
  const browser = useBrowser('dataset');
  let shown: DatasetPage | undefined;
  afterEach(async () => {
    const page = shown;
    shown = undefined;
    if (!page) return;
    const { errors } = page;
    await page.close();
    assert.deepEqual(errors, []);
  });
  return async (told: Told, options?: Options): Promise<void> => {
    shown = await openDataset(browser(), told, options);
    opened(shown);
  };
}

export async function openDataset(browser: Browser, { work, tagged, ...setup }: Told, options: Options = {}) {
  const host = { script: readFileSync(SCRIPT, 'utf8'), setup: { type: 'setup', setup, work, tags: tagged } };
  const webview = await openPage(browser, 'dataset', { host, ...options });
  const { page, find } = webview;
  /** Until the host has answered all, rows and pictures on screen are drawn and their names are placed. */
  const settled = async () => {
    do {
      await drawn(page);
      await page.waitForFunction(isAnswered);
      await page.waitForFunction(() => {
        const names = document.querySelector<HTMLElement>('.grid-names');
        const isHidden = document.querySelector('#page-grid')?.hasAttribute('hidden');
        return (
          !names || isHidden || (names.dataset['motion'] === 'resting' && !document.querySelector('[aria-busy=true]'))
        );
      });
      await drawn(page);
      // What was drawn may have asked for more.
    } while (!(await page.evaluate(isAnswered)));
  };
  await settled();
  return {
    ...webview,
    settled,
    tile: (position: number) => find(`tile-${position}`),
    nameOf: (position: number) => find(`tile-${position}`).getAttribute('aria-label'),
    count: () => find('count').textContent(),
    asked: async (name: string) =>
      (await webview.posted()).flatMap((message) => {
        const asked = message['asked'] as { name: string; params: Record<string, unknown> } | undefined;
        return asked?.name === name ? [asked.params] : [];
      }),
    postedOf: async (type: string) => (await webview.posted()).filter((message) => message.type === type),
    /** The sweep goes on. */
    advance: (done: number) =>
      page.evaluate((to) => {
        Reflect.get(window, 'underway').add('advance');
        Reflect.get(window, 'host').postMessage({ type: 'advance', done: to });
      }, done),
    /** The search for clusters ends. */
    endSearch: () => page.evaluate(() => Reflect.get(window, 'host').postMessage({ type: 'found' })),
    /** The run file has changed; with more versions the watch has found one. */
    change: (to: Partial<Setup>) =>
      page.evaluate((part) => {
        Reflect.get(window, 'underway').add('change');
        Reflect.get(window, 'host').postMessage({ type: 'change', to: part });
      }, to),
    /** What the host would send by itself. */
    say: (message: object) => webview.send(message),
    press: async (...keys: string[]) => {
      await webview.press(...keys);
      await settled();
    },
    /** Types a query and runs it. */
    search: async (text: string) => {
      await find('query').fill(text);
      await page.keyboard.press('Enter');
      await settled();
    },
    untilCount: (text: string) => until(`the count ${text}`, async () => (await find('count').textContent()) === text),
  };
}

/** Runs in the page: whether the host has dealt with everything that it was told. */
const isAnswered = (): boolean => Reflect.get(window, 'underway').size === 0;
