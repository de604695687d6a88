/**
 * Every page and state of a run file in every theme as pictures to look at; nothing may be reported or cut off. Dark at
 * three widths, the other themes at the narrowest; all of them in `npm run nightly`.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Work } from '../../../src/protocol/dataset';
import { nightly, project } from '../../support/shared';
import { drawn } from '../support/page';
import { THEMES } from '../support/themes';
import { type DatasetPage, datasetPages, type Told } from './support/dataset-page';

const FOLDER = project('test-results', 'webview');
const SET: Told = { items: 10_000, classes: 10, tagged: [{ name: 'relabel', key: 'r', count: 0 }] };
const sweep: Work = {
  id: 7,
  kind: 'sweep',
  version: 1,
  state: 'running',
  done: 40,
  total: 10_000,
  failed: 3,
  rate: 118,
  left: 57,
};

interface State {
  readonly told: Told;
  readonly saved?: object;
  readonly act?: (page: DatasetPage) => Promise<void>;
}

const STATES: Readonly<Record<string, State>> = {
  grid: { told: SET },
  found: {
    told: SET,
    saved: { query: 'wrong and p > 0.5 order by loss desc' },
    act: async (page) => {
      await page.find('histograms').click();
      await page.find('grid').focus();
      await page.press('ArrowRight', 'Shift+ArrowRight', 'r');
    },
  },
  sweeping: { told: { ...SET, done: 40, work: [sweep] }, saved: { tile: 60 } },
  fault: {
    told: SET,
    act: async (page) => {
      await page.search('wrong and los > 2');
    },
  },
  empty: { told: { ...SET, done: 0 }, saved: { query: 'wrong' } },
  readonly: {
    told: {
      ...SET,
      info: { readOnly: 'cifar10.groupcam: another window computes for this run file.', notes: ['A note.'] },
    },
    act: async (page) => {
      await page.find('notes').click();
    },
  },
  tags: {
    told: SET,
    act: async (page) => {
      await page.find('tags').click();
    },
  },
  classes: { told: SET, saved: { page: 'classes' } },
  clusters: {
    told: { ...SET, items: 3_000, clusters: 'outdated' },
    saved: { page: 'clusters' },
    act: async (page) => {
      await page.find('why-automobile 3').locator('summary').click();
      await page.find('tag-cat 3').click();
      await page.page.locator('.clusters-suspects .thumbnail[data-item]').nth(11).waitFor();
      await page.page.locator('[data-testid="scatter-canvas"][data-layout]').waitFor();
    },
  },
  'clusters-open': {
    told: { ...SET, items: 3_000, clusters: 'found' },
    saved: { page: 'clusters', query: 'lasso = "automobile: 0.4 0.7, 0.7 0.7, 0.7 1, 0.4 1"' },
    act: async (page) => {
      await page.page.locator('[data-testid="scatter-canvas"][data-layout]').waitFor();
      await page.find('set-automobile').click();
      await page.find('set-frog').scrollIntoViewIfNeeded();
      await page.find('plane-clusters').focus();
      await page.press('ArrowRight', 'ArrowRight');
    },
  },
  'clusters-none': {
    told: SET,
    saved: { page: 'clusters' },
    act: (page) => page.find('estimate').waitFor(),
  },
  versions: { told: { ...SET, versions: 8, shifted: 10_000 }, saved: { page: 'versions' } },
  'versions-lines': {
    told: { ...SET, versions: 8, shifted: 10_000 },
    saved: { page: 'versions' },
    act: async (page) => {
      const chart = page.find('line-loss').locator('.u-over');
      await chart.scrollIntoViewIfNeeded();
      await chart.hover();
      await page.find('shift-from').focus();
      await page.press('ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter');
    },
  },
  'versions-new': {
    told: { ...SET, versions: 2 },
    saved: { page: 'versions' },
    act: async (page) => {
      await page.change({ versions: 3 });
      await page.find('added').waitFor();
      await page.find('rename-1').click();
    },
  },
  'versions-flips': {
    told: { ...SET, versions: 2 },
    saved: { query: 'correct in resnet20 and wrong in "resnet20@2"' },
  },
  'versions-alone': { told: { ...SET, versions: 1 }, saved: { page: 'versions' } },
  'classes-many': { told: { ...SET, items: 100_000, classes: 1_000 }, saved: { page: 'classes' } },
};
/** What is there once a page is. */
const FIRST = { classes: 'atlas-0', clusters: 'clusters-page', versions: 'versions-page' } as const;
const WIDTHS = [1440, 900, 600];

describe('pictures of the page of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  before(() => mkdirSync(FOLDER, { recursive: true }));

  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      if (!nightly && theme !== 'dark' && width !== 600) continue;
      for (const [name, { told, saved, act }] of Object.entries(STATES)) {
        const file = `dataset-${name}-${theme}-${width}`;
        it(file, async () => {
          await open(told, { theme, width, height: 800, saved });
          await page.settled();
          if (saved && 'page' in saved) await page.find(FIRST[saved.page as keyof typeof FIRST]).waitFor();
          await act?.(page);
          await drawn(page.page);
          await page.page.screenshot({ path: `${FOLDER}/${file}.png` });
          const { scrollWidth, clientWidth } = await page.page.evaluate(() => document.documentElement);
          assert.equal(scrollWidth, clientWidth, 'nothing is wider than the window');
        });
      }
    }
  }
});
