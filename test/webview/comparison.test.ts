/** Several explanations side by side on the editor page: what they share, and what each has for itself. */
import assert from 'node:assert/strict';
import type { Slot } from '../../src/protocol/webview';
import { type EditorPage, editorPages, numbersOf } from './support/editor-page';
import { CAT, comparison, DOG, editorState } from './support/states';

const SIX = editorState(comparison(6), { comparedBy: 'methods' });

describe('a comparison on the editor page', () => {
  let editor: EditorPage;
  const open = editorPages((opened) => {
    editor = opened;
  });
  const text = async (id: string) => (await editor.find(id).textContent()) ?? '';
  const focused = () => editor.page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid']);
  const shownPanes = () => editor.page.locator('.pane:visible').count();
  const boxes = () => Promise.all([0, 5].map((i) => editor.find(`image-${i}`).boundingBox()));

  it('gives each its title, and all one zoom and one opacity', async () => {
    await open(SIX);
    assert.equal(await shownPanes(), 6);
    assert.match(await text('pane-4'), /Integrated Gradients.*cat 61\.2 %/);
    await editor.press('1');
    await editor.setSlider('opacity', 20);
    const [first, last] = await boxes();
    assert.deepEqual([first?.width, first?.height], [last?.width, last?.height]);
    assert.equal(first?.width, 512);
    const opacities = await editor.page
      .locator('.heat')
      .evaluateAll((all) => all.map((heat) => (heat as HTMLElement).style.opacity));
    assert.deepEqual(new Set(opacities), new Set(['0.2']));
  });

  it('tells the value under the pointer in every cell, and the colour of the pixel', async () => {
    await open(SIX);
    const box = (await editor.find('image-3').boundingBox())!;
    const at = { x: box.x + box.width / 4, y: box.y + box.height / 2 };
    await editor.settle(() => editor.page.mouse.move(at.x, at.y));
    const [x, y, ...rgb] = numbersOf(await text('probe'));
    assert.ok(Math.abs(x! - 128) < 3 && Math.abs(y! - 256) < 3, `${x}, ${y}`);
    assert.equal(rgb.length, 3);
    const readings = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => text(`reading-${i}`)));
    for (const reading of readings) assert.match(reading, /^\d\.\d\d$/);
    assert.equal(readings[0], readings[2]);
    assert.notEqual(readings[0], readings[1]);
    assert.equal(await editor.page.locator('.cross:visible').count(), 5, 'a ring where no pointer is');
  });

  it('says in each pane what its colours mean where maps have different scales', async () => {
    await open(editorState([CAT, DOG]));
    assert.equal(await editor.find('scale').count(), 0);
    const against = { ...DOG, frame: { ...DOG.frame!, signed: true } };
    await editor.send({ type: 'state', state: editorState([CAT, against]), isFirst: false });
    await editor.find('scale').nth(1).waitFor();
    assert.deepEqual(await editor.find('scale').allTextContents(), ['0 to 1', '−1 to 1']);
    assert.match(await text('note'), /scaled to its own maximum/);
  });

  it('is walked through by keys; facts and exports are of the cell in focus', async () => {
    await open(SIX);
    await editor.find('pane-0').focus();
    assert.match(await text('facts-0'), /Group-CAM/);
    await editor.press('Tab');
    assert.equal(await focused(), 'pane-1');
    assert.match(await text('facts-1'), /Grad-CAM.*200 ms/);
    assert.equal(await editor.find('facts-0').count(), 0);
    assert.equal(await editor.find('pane-1').getAttribute('aria-current'), 'true');
    assert.deepEqual((await editor.postedOf('focused')).at(-1), { type: 'focused', slot: 1 });
    await editor.press('m');
    assert.equal(await text('reading-1'), '1.00');
    await editor.press('Enter');
    assert.equal(await shownPanes(), 1);
    assert.ok(await editor.find('pane-1').isVisible());
    await editor.press('Escape');
    assert.equal(await shownPanes(), 6);
    await editor.find('stop-comparing').click();
    assert.deepEqual(await editor.postedOf('alone'), [{ type: 'alone' }]);
  });

  it('shows how far each is, and a failure where it happened, with what helps', async () => {
    const slots: Slot[] = comparison(3);
    const message =
      "method cam: this model can't be explained by it, since it needs a linear head. Use grad-cam instead.";
    const actions = [{ id: 'compare', title: 'Change Comparison…' }] as const;
    slots[0] = { title: 'CAM', state: { kind: 'failed', code: 'method-unsuitable', message, actions } };
    slots[1] = { title: 'RISE', state: { kind: 'working', text: 'Running passes', done: 250, total: 1000 } };
    slots[2] = { title: 'XRAI', state: { kind: 'working', text: 'Waiting', done: 0, total: 0 } };
    await open(editorState(slots, { comparedBy: 'methods' }));
    assert.equal(await editor.bodyState(), 'working');
    assert.match(await text('pane-1'), /RISE250\/1000/);
    assert.match(await text('pane-2'), /XRAIWaiting/);
    assert.equal(await text('state-line'), 'RISE, 2 of 3: Running passes 250/1000');
    assert.equal(await editor.page.locator('.pane .progress:visible').count(), 2);
    await editor.find('pane-0').getByTestId('action-compare').click();
    assert.deepEqual(await editor.postedOf('action'), [{ type: 'action', id: 'compare' }]);
  });

  it('of models begins with the class of each, and says where it is another one', async () => {
    const by = (slot: Slot, title: string): Slot => ({ ...slot, title, hint: `zoo/${title}.onnx` });
    const differs = 'has no class “cat”';
    const slots = [by(CAT, 'resnet50'), by({ ...DOG, differs }, 'vgg19')];
    await open(editorState(slots, { comparedBy: 'models' }));
    assert.match(await text('pane-0'), /^cat61\.2 %resnet50/);
    assert.match(await text('pane-1'), /^dog37\.1 %has no class “cat”vgg19/);
    const badge = editor.find('differs');
    assert.equal(await badge.count(), 1);
    assert.equal(await badge.getAttribute('title'), 'Different class: the model has no class “cat”');
    assert.equal(await editor.page.getByTitle('zoo/vgg19.onnx').count(), 1);
    const spoken = 'cat-and-dog.png, heat of dog by vgg19, which has no class “cat”';
    assert.equal(await editor.find('pane-1').getAttribute('aria-label'), spoken);
    assert.match(
      await text('state-line'),
      /vgg19: dog, 37\.1 %. vgg19 has no class “cat”: its own top class is explained/,
    );
    assert.equal(await editor.find('note').isVisible(), false);
    await editor.settle(() => editor.find('pane-1').focus());
    assert.match(await text('note'), /vgg19 has no class “cat”/);
    for (const width of [400, 900]) {
      await editor.settle(() => editor.page.setViewportSize({ width, height: 400 }));
      const [box, pane] = [(await badge.boundingBox())!, (await editor.find('pane-1').boundingBox())!];
      assert.ok(
        box.width >= 18 && box.x + box.width <= pane.x + pane.width,
        `${width}: ${JSON.stringify([box, pane])}`,
      );
    }
  });

  it('of three classes has no difference, and of two methods neither', async () => {
    await open(editorState([CAT, DOG, CAT]));
    assert.equal(await shownPanes(), 3);
    await editor.send({ type: 'state', state: editorState(comparison(2), { comparedBy: 'methods' }) });
    assert.equal(await shownPanes(), 2);
    await editor.send({ type: 'state', state: editorState([CAT, DOG]) });
    assert.ok(await editor.find('pane-difference').isVisible());
  });

  it('cuts long names of classes at the legend of their difference, which covers nothing', async () => {
    const named = [CAT, DOG].map((slot) => ({ ...slot, title: `${slot.title}, with a name of many words in Latin` }));
    await open(editorState(named));
    await editor.settle(() => editor.page.setViewportSize({ width: 700, height: 500 }));
    const pane = editor.find('pane-difference');
    const legend = await pane.locator('.legend').boundingBox();
    const button = await pane.locator('.enlarge').boundingBox();
    const right = legend!.x + legend!.width;
    assert.ok(right <= button!.x, `${right} and ${button!.x}`);
  });

  it('has all its controls in a window of every width', async () => {
    await open(SIX);
    for (const width of [1200, 1000, 970, 930, 850, 830, 700, 400]) {
      await editor.settle(() => editor.page.setViewportSize({ width, height: 500 }));
      const right = await editor.page
        .locator('.toolbar vscode-button:visible')
        .evaluateAll((all) => Math.max(...all.map((button) => button.getBoundingClientRect().right)));
      assert.ok(right > 0 && right <= width, `${right} of ${width}`);
    }
  });

  it('is kept by the page, and given back to the host after a reload', async () => {
    const questions = '[[{"target":"top","title":"RISE","method":"rise"}]]';
    await open({ ...SIX, questions });
    const saved = await editor.saved();
    await editor.close();
    await open({ ...SIX, focused: 2 }, { saved });
    assert.deepEqual(await editor.postedOf('ready'), [{ type: 'ready', questions }]);
    assert.equal(await editor.find('pane-2').getAttribute('aria-current'), 'true', 'what the host says has the focus');
  });

  it('keeps the enlarged pane and the divider while it is hidden', async () => {
    await open(SIX);
    const divider = () => editor.page.locator('.divider:visible');
    await editor.find('pane-2').focus();
    await editor.press('Enter');
    await editor.settle(() => editor.find('swipe').click());
    await divider().focus();
    await editor.press('ArrowRight');
    await editor.page.waitForFunction(() => Reflect.get(window, 'saved').swipe > 0.5);
    const saved = await editor.saved();
    await editor.close();
    await open({ ...SIX, focused: 2 }, { saved });
    assert.equal(await shownPanes(), 1);
    assert.ok(await editor.find('pane-2').isVisible());
    assert.equal(await divider().getAttribute('aria-valuenow'), '52');
  });
});
