/**
 * Every state in every theme as pictures to look at; nothing may be reported or cut off. Dark at a large and a small size, the other
 * themes at the small one, where things are cut off first; all at both sizes in `npm run nightly`.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import type { Slot, Summary } from '../../src/protocol/webview';
import { needs, nightly, project } from '../support/shared';
import { check, measurement } from './support/assessment-states';
import { launch, type Options, openPage } from './support/page';
import { CAT, classesState, comparison, DOG, editorState, hillOn, strip, summary, thumbnailOf } from './support/states';
import { THEMES } from './support/themes';

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

const CLASSES: Readonly<Record<string, object>> = {
  shown: classesState(),
  compared: classesState({ shown: [10, 12] }),
  'no-image': classesState({ image: undefined, probabilities: undefined, shown: [] }),
  message: classesState({ message: 'broken.onnx: not a readable ONNX model (truncated). Export or copy it again.' }),
};

describe('pictures of the webviews', () => {
  let browser: Browser;
  before(async function () {
    needs(this, project('dist/webview/editor.js'), 'run npm run build first');
    mkdirSync(FOLDER, { recursive: true });
    browser = await launch();
  });
  after(() => browser?.close());

  const picture = async (page: 'editor' | 'classes', file: string, options: Options, state: object) => {
    const webview = await openPage(browser, page, { ...options, thumbnail: thumbnailOf });
    await webview.send({ type: 'state', state });
    for (const tile of await webview.page.locator('.tile img').all()) await tile.waitFor();
    await webview.page.waitForLoadState('networkidle');
    await webview.page.screenshot({ path: `${FOLDER}/${page}-${file}.png` });
    assert.deepEqual(webview.errors, []);
    const { scrollWidth, clientWidth } = await webview.page.evaluate(() => document.documentElement);
    assert.equal(scrollWidth, clientWidth, 'nothing is wider than the window');
    const stage = webview.page.locator('.stage');
    if (page === 'editor' && !options.saved) {
      const share = await stage.evaluate(({ clientHeight }) => clientHeight / innerHeight);
      assert.ok(share >= 0.5, `the image has ${Math.round(100 * share)} % of the height`);
    }
    await webview.close();
  };

  for (const theme of THEMES) {
    for (const [sizeName, size] of Object.entries(SIZES)) {
      if (!nightly && theme !== 'dark' && sizeName !== 'small') continue;
      for (const [name, state] of Object.entries(STATES)) {
        const file = `${name}-${theme}-${sizeName}`;
        it(`editor-${file}`, () => picture('editor', file, { theme, ...size }, state));
      }
      const measured = `measured-${theme}-${sizeName}`;
      it(`editor-${measured}`, async () => {
        const assessment = [{ measurement: await measurement(), sanity: check() }];
        const options = { theme, ...size, saved: { measuring: true } };
        await picture('editor', measured, options, editorState([CAT], { assessment }));
      });
    }
    for (const [name, state] of Object.entries(CLASSES)) {
      const file = `${name}-${theme}`;
      it(`classes-${file}`, () => picture('classes', file, { theme, width: 280, height: 420 }, state));
    }
  }
});
