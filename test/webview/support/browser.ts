/** The Chromium that shows our pages. */
import type { Browser } from 'playwright-core';
import { chromiumScript } from '../../support/scripts';
import { needs, project } from '../../support/shared';

export const launch = async (): Promise<Browser> => (await chromiumScript()).launchChromium();

/** `npm test` runs many files in one process. Each is a bundle with its own modules, so what they share is kept here. */
const shared = globalThis as { groupCamBrowser?: Promise<Browser> };

/** Set by `npm test` in a process that runs one file after another, and that ends with all it has started. */
const isWorker = process.env['TEST_PROCESS'] !== undefined;

/** The browser that another file in this process has left, if it still runs. */
async function left(): Promise<Browser | undefined> {
  const browser = await shared.groupCamBrowser;
  return browser?.isConnected() ? browser : undefined;
}

/**
 * For a `describe`: a browser for its tests. Files that run in the same process share it; a context for each page keeps them
 * apart.
 *
 * @param page the page of ours that the tests show
 * @returns gives the browser, from the suite's first hook on
 */
export function useBrowser(page: 'editor' | 'classes' | 'dataset'): () => Browser {
  let browser: Browser | undefined;
  before(async function () {
    needs(this, project(`dist/webview/${page}.js`), 'run npm run build first');
    browser = await left();
    if (browser) return;
    const launched = launch();
    if (isWorker) shared.groupCamBrowser = launched;
    browser = await launched;
  });
  after(() => (isWorker ? undefined : browser?.close()));
  return () => {
    if (!browser) throw new Error('the browser is not open yet');
    return browser;
  };
}
