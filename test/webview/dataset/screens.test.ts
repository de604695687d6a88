/**
 * Every page and state of a run file in every theme as pictures to look at; nothing may be reported or cut off. All states in
 * dark, wide and narrow, and each page once in the other themes; all states, themes and widths in `npm run nightly`. A state's
 * pictures are taken of one page, which changes its theme and width.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Work } from '../../../src/protocol/dataset';
import { nightly, project } from '../../support/shared';
import { faultsByTab } from '../support/tabbing';
import { THEMES } from '../support/themes';
import { type DatasetPage, datasetPages, type Told } from './support/dataset-page';
import { repairOf } from './support/repairs';

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
  /** What a change of the width undoes: where it was scrolled to, and what the pointer is on. */
  readonly aim?: (page: DatasetPage) => Promise<void>;
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
      await page.find('plane-clusters').focus();
      await page.press('ArrowRight', 'ArrowRight');
    },
    aim: (page) => page.find('set-frog').scrollIntoViewIfNeeded(),
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
      await page.find('shift-from').focus();
      await page.press('ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter');
    },
    aim: (page) => page.find('line-loss').locator('.u-over').hover(),
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
  'repair-form': {
    told: { ...SET, items: 3_000, clusters: 'found' },
    saved: { page: 'repair' },
    act: async (page) => {
      await page.say({ type: 'repairOf', query: 'cluster = "automobile 3"' });
      await page.find('repair-effort').waitFor();
      await page.find('repair-more').locator('summary').click();
      await page.find('repair-train').fill('true = cat');
      await page.settled();
      await page.page.locator('#remark-train.wrong').waitFor();
    },
  },
  'repair-arms': {
    told: { ...SET, clusters: 'found', outputFault: 'resnet20-repaired.onnx exists already. Choose another name.' },
    saved: { page: 'repair' },
    act: async (page) => {
      await page.say({ type: 'repairOf', query: 'tag = relabel' });
      await page.find('repair-what-all').check();
      await page.find('repair-effort').waitFor();
    },
  },
  'repair-running': {
    told: {
      ...SET,
      repairs: [
        repairOf(1, 1, { state: 'interrupted', output: '/models/first-try.onnx' }),
        {
          ...repairOf(2, 4),
          notes: ['The loss has risen since step 160: 0.31 then, 0.52 now.', ...repairOf(2, 4).notes],
        },
      ],
    },
    saved: { page: 'repair' },
    act: (page) => page.page.locator('[data-testid="repair-strip"] canvas[data-item]').nth(19).waitFor(),
  },
  'repair-done': {
    told: { ...SET, versions: 2, shifted: 10_000, repairs: [repairOf(1, 5, { state: 'done', added: 2 })] },
    saved: { page: 'repair' },
    act: (page) => page.page.locator('[data-testid="repair-strip"] canvas[data-item]').nth(23).waitFor(),
    aim: (page) => page.find('repair-groups').scrollIntoViewIfNeeded(),
  },
  'repair-none': { told: { ...SET, clusters: 'found' }, saved: { page: 'repair' } },
  'versions-alone': { told: { ...SET, versions: 1 }, saved: { page: 'versions' } },
  'classes-many': { told: { ...SET, items: 100_000, classes: 1_000 }, saved: { page: 'classes' } },
};
/** What is there once a page is. */
const FIRST = {
  classes: 'atlas-0',
  clusters: 'clusters-page',
  versions: 'versions-page',
  repair: 'repair-page',
} as const;
const EACH_PAGE: ReadonlySet<string> = new Set(['grid', 'found', 'classes', 'clusters', 'versions', 'repair-running']);
const WIDTHS = [1440, 900, 600];

describe('pictures of the page of a run file', () => {
  let page: DatasetPage;
  const open = datasetPages((opened) => {
    page = opened;
  });
  before(() => mkdirSync(FOLDER, { recursive: true }));

  const looksOf = (name: string) =>
    THEMES.flatMap((theme) =>
      WIDTHS.filter((width) => {
        if (nightly) return true;
        return theme === 'dark' ? width !== 900 : width === 600 && EACH_PAGE.has(name);
      }).map((width) => ({ theme, width })),
    );

  for (const [name, { told, saved, act, aim }] of Object.entries(STATES)) {
    const looks = looksOf(name);
    it(`dataset-${name}: ${looks.length} looks`, async () => {
      await open(told, { ...looks[0], height: 800, saved });
      if (saved && 'page' in saved) await page.find(FIRST[saved.page as keyof typeof FIRST]).waitFor();
      await act?.(page);
      for (const look of looks) {
        const file = `dataset-${name}-${look.theme}-${look.width}`;
        await page.look({ ...look, height: 800 });
        await aim?.(page);
        await page.settled();
        await page.page.screenshot({ path: `${FOLDER}/${file}.png` });
        const { scrollWidth, clientWidth } = await page.page.evaluate(() => document.documentElement);
        assert.equal(scrollWidth, clientWidth, `${file}: nothing is wider than the window`);
      }
      assert.deepEqual(await faultsByTab(page.page), []);
    });
  }
});
