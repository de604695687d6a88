/**
 * Every state in every theme as pictures to look at; nothing may be reported or cut off. Dark at all sizes and
 * high contrast, which has borders, at the small one, where things are cut off first; the light themes once a page; all of it in
 * `npm run nightly`. A state's pictures are taken of one page, which changes its theme and size.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Slot, Summary } from '../../src/protocol/webview';
import { nightly, project } from '../support/shared';
import { check, measurement } from './support/assessment-states';
import { useBrowser } from './support/browser';
import { picturesShown } from './support/editor-page';
import { openPage, type Webview } from './support/page';
import { CAT, classesState, comparison, DOG, editorState, hillOn, strip, summary, thumbnailOf } from './support/states';
import { THEMES, type Theme } from './support/themes';

const FOLDER = project('test-results', 'webview');

const failed: Slot = {
  title: 'dog',
  state: {
    kind: 'failed',
    code: 'unsupported-operator',
    message:
      'operator Gelu (node "/blocks.3/act/Gelu"): no gradient rule, and it lies between the layer and the class score. Choose a later layer or the gradient-free variant.',
    actions: [
      { id: 'choose-layer', title: 'Choose Layer' },
      { id: 'gradient-free', title: 'Use Gradient-Free Variant' },
      { id: 'show-log', title: 'Show Log' },
    ],
  },
};
const working: Slot = {
  title: 'dog',
  state: { kind: 'working', text: 'Running passes', done: 12, total: 32 },
  frame: hillOn('dog', 12),
};
/** A class that nothing in the image speaks for. */
const umbrella = (more: Partial<Summary>) =>
  summary('umbrella', 31, 0.0001, {
    assumptions: ['ImageNet mean and standard deviation (the model does not say)', 'RGB, 0 to 1'],
    ...more,
  });
const BLANK = 'no positive evidence: no mask raises the probability of this class above that of the blurred image';
const blank: Slot = {
  title: 'umbrella',
  state: {
    kind: 'done',
    summary: umbrella({ blank: BLANK }),
    actions: [
      { id: 'choose-class', title: 'Choose Class…' },
      { id: 'choose-method', title: 'Choose Method…' },
    ],
  },
  frame: { ...hillOn('cat'), map: Array(256).fill(0) as unknown as Float32Array },
};
const NOTE = `${BLANK}; the map shows what speaks against it`;
const against: Slot = {
  title: 'umbrella',
  state: { kind: 'done', summary: umbrella({ method: 'Group-CAM (G 32, θ 70, signed)', note: NOTE }) },
  frame: { ...hillOn('cat'), map: hillOn('cat').map.map((value) => -value), signed: true },
};

const STATES: Readonly<Record<string, object>> = {
  done: editorState([CAT]),
  compare: editorState([CAT, DOG]),
  'compare-four': editorState(comparison(4), { comparedBy: 'methods', demo: false }),
  'compare-six': editorState(
    [...comparison(3), { ...working, title: 'RISE' }, { ...failed, title: 'CAM' }, { ...blank, title: 'XRAI' }],
    { comparedBy: 'methods', demo: false },
  ),
  working: editorState([working], { strip, active: 1 }),
  failed: editorState([failed], { demo: false }),
  cancelled: editorState([{ title: 'dog', state: { kind: 'cancelled' } }]),
  blank: editorState([blank], { demo: false }),
  against: editorState([against], { demo: false }),
};

const SIZES = {
  large: { width: 1100, height: 760 },
  small: { width: 400, height: 300 },
  middle: { width: 600, height: 500 },
};
type Size = keyof typeof SIZES;
const VIEW = { width: 280, height: 420 };

/** With what the page has saved: the scores of a map take room of the image. */
const EDITOR: Readonly<Record<string, { state: () => object | Promise<object>; saved?: object }>> = {
  ...Object.fromEntries(Object.entries(STATES).map(([name, state]) => [name, { state: () => state }])),
  measured: {
    state: async () => editorState([CAT], { assessment: [{ measurement: await measurement(), sanity: check() }] }),
    saved: { measuring: true },
  },
};

const CLASSES: Readonly<Record<string, object>> = {
  shown: classesState(),
  compared: classesState({ shown: [10, 12] }),
  'no-image': classesState({ image: undefined, probabilities: undefined, shown: [] }),
  message: classesState({ message: 'broken.onnx: not a readable ONNX model (truncated). Export or copy it again.' }),
};

/** Themes that differ from another one in colours alone. */
const isBrief = (theme: Theme) => !nightly && (theme === 'light' || theme === 'high-contrast-light');

/** @param inBrief the themes that differ in colours alone have it too */
const themesOf = (inBrief: boolean) => THEMES.filter((theme) => inBrief || !isBrief(theme));
const sizesIn = (theme: Theme) =>
  (Object.keys(SIZES) as Size[]).filter((size) => nightly || theme === 'dark' || size === 'small');

describe('pictures of the webviews', () => {
  const browser = useBrowser('editor');
  before(() => void mkdirSync(FOLDER, { recursive: true }));
  let shown: Webview | undefined;
  afterEach(async () => {
    await shown?.close();
    shown = undefined;
  });

  async function open(page: 'editor' | 'classes', state: object, saved?: object): Promise<Webview> {
    shown = await openPage(browser(), page, { saved, thumbnail: thumbnailOf });
    await shown.send({ type: 'state', state });
    for (const tile of await shown.page.locator('.tile img').all()) await tile.waitFor();
    return shown;
  }

  async function take({ page, errors }: Webview, name: string): Promise<void> {
    await picturesShown(page);
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
    assert.deepEqual(errors, [], name);
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
    assert.equal(scrollWidth, clientWidth, `${name}: nothing is wider than the window`);
  }

  for (const [name, { state, saved }] of Object.entries(EDITOR)) {
    const themes = themesOf(name === 'done' || name === 'measured');
    it(`editor-${name}: ${themes.join(', ')}`, async () => {
      const webview = await open('editor', await state(), saved);
      for (const theme of themes) {
        for (const size of sizesIn(theme)) {
          await webview.look({ theme, ...SIZES[size] });
          await take(webview, `editor-${name}-${theme}-${size}`);
          if (saved) continue;
          const share = await webview.page.locator('.stage').evaluate(({ clientHeight }) => clientHeight / innerHeight);
          assert.ok(share >= 0.5, `${theme}, ${size}: the image has ${Math.round(100 * share)} % of the height`);
        }
      }
    });
  }

  for (const [name, state] of Object.entries(CLASSES)) {
    const themes = themesOf(name === 'shown');
    it(`classes-${name}: ${themes.join(', ')}`, async () => {
      const webview = await open('classes', state);
      for (const theme of themes) {
        await webview.look({ theme, ...VIEW });
        await take(webview, `classes-${name}-${theme}`);
      }
    });
  }
});
