/** The section that says how good a map is, in Chromium. */
import assert from 'node:assert/strict';
import type { Assessment, EditorState } from '../../src/protocol/webview';
import { check, curve, measurement } from './support/assessment-states';
import { type EditorPage, editorPages } from './support/editor-page';
import type { Options } from './support/page';
import { CAT, DOG, done, editorState } from './support/states';

describe('how good a map is', () => {
  let editor: EditorPage;
  const openPage = editorPages((opened) => {
    editor = opened;
  });
  const open = (slots: EditorState['slots'], assessment: readonly Assessment[], options: Options = {}) =>
    openPage(editorState(slots, { assessment }), { width: 1200, height: 900, saved: { measuring: true }, ...options });
  const text = async (id: string) => (await editor.find(id).textContent()) ?? '';
  const send = (index: number, assessment: Assessment) => editor.send({ type: 'assessment', index, assessment });
  /** Until pictures are decoded, which takes as long as it takes. */
  const opacityIs = (opacity: string) =>
    editor.page.waitForFunction(
      (value) => document.querySelector<HTMLElement>('.heat')?.style.opacity === value,
      opacity,
    );

  it('opens with its button, which asks for the measurement, and closes again', async () => {
    await open([CAT], [{}], { saved: {} });
    assert.equal(await editor.find('assessment').isVisible(), false);
    await editor.settle(() => editor.find('measure').click());
    assert.equal(await editor.find('assessment').isVisible(), true);
    assert.deepEqual(await editor.postedOf('assessment'), [{ type: 'assessment', part: 'measurement', slots: [0] }]);
    await editor.settle(() => editor.find('assessment-close').click());
    assert.equal(await editor.find('assessment').isVisible(), false);
    await editor.send({ type: 'command', command: 'measure' });
    assert.equal((await editor.postedOf('assessment')).length, 2);
  });

  it('stays open while the page is hidden, and is measured again after the window was reloaded, once the map is there', async () => {
    const state = editorState([CAT], { assessment: [{}] });
    await open([CAT], [{}]);
    await editor.send({ type: 'state', state, isFirst: false });
    assert.equal(await editor.find('assessment').isVisible(), true);
    assert.deepEqual(await editor.postedOf('assessment'), []);
    const working = { kind: 'working', text: 'Preparing', done: 0, total: 0 } as const;
    await editor.send({
      type: 'state',
      state: editorState([{ title: 'cat', state: working }], { assessment: [{}] }),
      isFirst: true,
    });
    assert.deepEqual(await editor.postedOf('assessment'), []);
    await editor.send({ type: 'slot', index: 0, slot: CAT });
    assert.equal(await editor.find('assessment').isVisible(), true);
    assert.deepEqual(await editor.postedOf('assessment'), [{ type: 'assessment', part: 'measurement', slots: [0] }]);
  });

  it('has its curve in sight in a low window, beside an image that is no smaller', async () => {
    await open([CAT], [{ measurement: await measurement() }], { width: 700, height: 600 });
    const boxOf = async (selector: string) => (await editor.page.locator(selector).boundingBox())!;
    const [chart, panel, stage] = [
      await boxOf('[data-testid=chart]'),
      await boxOf('.assessment'),
      await boxOf('.stage'),
    ];
    assert.ok(chart.y + chart.height <= panel.y + panel.height, `the chart ends at ${chart.y + chart.height}`);
    assert.ok(Math.min(stage.width, stage.height) >= 300, `the stage has ${stage.width} x ${stage.height}`);
  });

  it('has its curve at the same place while it is measured and afterwards, and says how far it is', async () => {
    const done = await measurement();
    const running = { ...done, work: { kind: 'working', share: 0.4, text: 'Deletion of the random map' } } as const;
    for (const [width, height] of [
      [700, 400],
      [620, 380],
      [1200, 900],
    ] as const) {
      await open([CAT], [{ measurement: done }], { width, height });
      const box = async () => (await editor.page.locator('[data-testid=chart]').boundingBox())!;
      const after = await box();
      await open([CAT], [{ measurement: running }], { width, height });
      assert.deepEqual(await box(), after, `${width} x ${height}`);
      assert.equal(await text('measure-state'), '40 %, Deletion of the random map');
      const cancel = (await editor.find('measure-cancel').boundingBox())!;
      assert.ok(cancel.x + cancel.width <= width && cancel.y < after.y);
    }
  });

  it('waits for a map that is being computed, and says so', async () => {
    const working = { kind: 'working', text: 'Preparing', done: 0, total: 0 } as const;
    await openPage(editorState([{ title: 'cat', state: working }], { assessment: [{}] }), {
      width: 1200,
      height: 900,
      saved: { measuring: true },
    });
    for (const part of ['measure', 'sanity'])
      assert.equal(await text(`${part}-state`), 'This needs the map, which is not finished yet.');
  });

  for (const [width, height] of [
    [600, 400],
    [500, 700],
  ] as const)
    it(`leaves the image half of the height in ${width} x ${height}, and is scrolled`, async () => {
      await open([CAT], [{ measurement: await measurement() }], { width, height });
      const stage = (await editor.find('stage').boundingBox())!;
      assert.ok(stage.height >= height / 2 - 1, `${stage.height}`);
      const section = editor.find('assessment');
      await editor.find('score-overall').scrollIntoViewIfNeeded();
      const [box, last] = [(await section.boundingBox())!, (await editor.find('score-overall').boundingBox())!];
      assert.ok(box.height > 60 && box.y + box.height <= height, JSON.stringify(box));
      assert.ok(last.y >= box.y - 1 && last.y + last.height <= box.y + box.height + 1, JSON.stringify([box, last]));
    });

  it('tells progress, can be cancelled, and tried again; a failure says why', async () => {
    await open([CAT], [{}]);
    const { scores } = await measurement();
    const known = {
      note: '',
      maps: { explanation: { scores: {}, curves: { deletion: curve(0.6, 0.1, 3, 21) } } },
      scores: {},
      pictures: {},
    };
    const work = { kind: 'working', text: 'this map, insertion', share: 0.12 } as const;
    await send(0, { measurement: { ...known, work } });
    assert.equal(await text('measure-state'), '12 %, this map, insertion');
    assert.equal(await editor.find('measure-start').isVisible(), false);
    assert.match(
      (await editor.page.locator('.walk-row').textContent()) ?? '',
      /Image at this step, once the map is measured/,
    );
    await editor.find('measure-cancel').click();
    assert.deepEqual(await editor.postedOf('cancel-assessment'), [{ type: 'cancel-assessment', part: 'measurement' }]);
    await send(0, { measurement: { ...known, scores, work: { kind: 'cancelled' } } });
    assert.equal(await text('measure-start'), 'Try Again');
    await editor.find('measure-start').click();
    await send(0, { measurement: { ...known, work: { kind: 'failed', message: 'net.onnx: gone' } } });
    assert.equal(await text('measure-state'), 'net.onnx: gone');
    assert.equal((await editor.postedOf('assessment')).length, 1);
  });

  it('the slider shows the image along a curve, without a question; Escape brings the heat back', async () => {
    await open([CAT], [{ measurement: await measurement() }]);
    const heat = (await editor.canvas('0')).rgba;
    await editor.setSlider('step', 30);
    await opacityIs('1');
    assert.match(await text('step-text'), /^30 % deleted: \d+\.\d %$/);
    const deleted = (await editor.canvas('0')).rgba;
    assert.notDeepEqual(deleted, heat);
    assert.ok(
      deleted.every((value, i) => i % 4 !== 3 || value === 255),
      'the network sees all of this image',
    );
    await editor.find('step').focus();
    await editor.press('ArrowRight');
    assert.match(await text('step-text'), /^31 % deleted/);
    assert.notDeepEqual((await editor.canvas('0')).rgba, deleted);
    await editor.settle(() => editor.find('walk-insertion').click());
    assert.match(await text('step-text'), /^31 % inserted/);
    await editor.press('Escape');
    assert.deepEqual((await editor.canvas('0')).rgba, heat);
    assert.deepEqual(await editor.postedOf('assessment'), []);
  });

  it('a click into the chart goes there', async () => {
    await open([CAT], [{ measurement: await measurement() }]);
    const plot = (await editor.page.locator('.u-over').boundingBox())!;
    await editor.settle(() => editor.page.mouse.click(plot.x + plot.width / 2, plot.y + 40));
    assert.match(await text('step-text'), /^50 % deleted/);
  });

  it('the chart draws curves in the colours of its legend', async () => {
    await open([CAT], [{ measurement: await measurement() }]);
    const found = await editor.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.chart-canvas canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return ['insertion', 'deletion'].map((metric) => {
        const swatch = document.querySelector(`.swatch-explanation.swatch-${metric}`)!;
        const [r, g, b] = getComputedStyle(swatch).color.match(/\d+/g)!.map(Number);
        let count = 0;
        for (let i = 0; i < data.length; i += 4)
          count += Number(data[i] === r && data[i + 1] === g && data[i + 2] === b);
        return count;
      });
    });
    assert.ok(
      found.every((count) => count > 100),
      `${found} pixels`,
    );
    assert.match(
      (await editor.find('chart').getAttribute('aria-label'))!,
      /This map: insertion 0\.523, deletion 0\.146/,
    );
  });

  it('the table marks the best of each row in words too, and says what each score means', async () => {
    await open([CAT], [{ measurement: await measurement() }]);
    assert.match(await text('score-deletion'), /^Deletionlower is betterbest0\.1460\.3000\.220$/);
    assert.match(await text('score-sparseness'), /does not rate it0\.7100\.3300\.620$/);
    const hint = await editor.find('score-insertion').locator('th').getAttribute('title');
    assert.match(hint!, /most salient first; higher is better$/);
    assert.equal(
      await text('scores-sentence'),
      'This map: better than random in 7 of 7, than centre in 7 of 7 measures.',
    );
    await send(0, { measurement: await measurement({ note: 'ADCC is left out.' }) });
    assert.match(await text('scores-sentence'), /7 of 7 measures\. ADCC is left out\.$/);
  });

  it('compares several maps, of which one button measures all', async () => {
    await open([CAT, DOG], [{}, {}]);
    await editor.find('pane-1').click();
    assert.equal(await text('measure-start'), 'Measure All');
    await editor.find('measure-start').click();
    assert.deepEqual(await editor.postedOf('assessment'), [{ type: 'assessment', part: 'measurement', slots: [1, 0] }]);
    await send(0, { measurement: await measurement({}, 5) });
    await send(1, { measurement: await measurement({}, 3) });
    assert.deepEqual(await editor.find('scores').locator('thead th').allTextContents(), [
      'cat',
      'dog',
      'Random',
      'Centre',
    ]);
    assert.match(await text('score-deletion'), /0\.146best0\.126/);
    assert.match(await text('scores-sentence'), /^dog: better than random/);
  });

  it('shows maps of drawn networks with their similarity, blank ones as such, and a verdict', async () => {
    await open([CAT], [{ sanity: check() }]);
    assert.equal(await editor.page.locator('.check').count(), 5, 'the network as trained and four depths');
    assert.equal(await editor.page.locator('.check-map').count(), 12);
    assert.deepEqual(await editor.page.locator('.check-blank').allTextContents(), ['blank']);
    const third = editor.page.locator('.check').nth(3);
    assert.match((await third.textContent())!, /features\.6.*ρ 0\.30SSIM 0\.50/);
    assert.match(await text('sanity-verdict'), /^Group-CAM passes/);
  });

  it('scrolls to the first maps of drawn networks that were asked for', async () => {
    const measured = await measurement();
    await open([CAT], [{ measurement: measured }], { width: 600, height: 500 });
    const work = { kind: 'working', text: 'seed 1', share: 0.1 } as const;
    await send(0, { measurement: measured, sanity: check({ work, maps: [] }) });
    await send(0, { measurement: measured, sanity: check({ work }) });
    const seen = () =>
      editor.find('sanity-strip').evaluate((strip) => {
        const pane = strip.closest('.assessment')!.getBoundingClientRect();
        return strip.getBoundingClientRect().top < pane.bottom;
      });
    assert.ok(await seen());
  });

  it('a blank map is not measured, and a new map has no old assessment', async () => {
    await open([done('cat', 10, 0.6, { blank: 'no mask raises the score' })], [{}]);
    assert.match(await text('measure-state'), /blank/);
    assert.equal(await editor.find('measure-start').isVisible(), false);
    await editor.send({ type: 'slot', index: 0, slot: CAT });
    await send(0, { measurement: await measurement() });
    assert.equal(await editor.find('step').isVisible(), true);
    await editor.send({ type: 'state', state: editorState([DOG]) });
    assert.equal(await editor.find('step').isVisible(), false);
    assert.equal(await editor.find('scores').isVisible(), false);
  });

  it('every control has a name', async () => {
    await open([CAT], [{ measurement: await measurement(), sanity: check() }]);
    const session = await editor.page.context().newCDPSession(editor.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const controls = nodes.filter(({ role }) => ['button', 'slider', 'radio', 'checkbox'].includes(role?.value));
    for (const node of controls) assert.ok(node.name?.value?.trim(), `${node.role?.value} without a name`);
  });
});
