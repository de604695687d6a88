/** The editor page in Chromium: what the user's hands do, and what the host is told. */
import assert from 'node:assert/strict';
import type { Size } from '../../src/core/geometry';
import { COLORMAPS, DEFAULT_STYLE } from '../../src/core/style';
import { until } from '../support/wait';
import { type EditorPage, editorPages, numbersOf, picturesShown } from './support/editor-page';
import { drawn } from './support/page';
import { BOXES, CAT, DOG, editorState, SCENE, strip } from './support/states';

describe('the editor page', () => {
  let editor: EditorPage;
  const open = editorPages((opened) => {
    editor = opened;
  });
  const probe = async () => (await editor.find('probe').textContent()) ?? '';

  describe('the original', () => {
    const opacity = () => editor.page.locator('.heat').evaluate((element) => getComputedStyle(element).opacity);

    it('is seen while Space is held, and with the button', async () => {
      await open(editorState([CAT]));
      await editor.find('stage').focus();
      await editor.settle(() => editor.page.keyboard.down('Space'));
      assert.equal(await opacity(), '0');
      await editor.settle(() => editor.page.keyboard.up('Space'));
      assert.equal(await opacity(), '0.55');
      await editor.settle(() => editor.find('original').click());
      assert.equal(await opacity(), '0');
      await editor.send({ type: 'command', command: 'toggle-heat' });
      assert.equal(await opacity(), '0.55');
    });

    it('is beside the heat, and the heat is another, by commands of the host', async () => {
      await open(editorState([CAT]));
      const say = (command: string) => editor.send({ type: 'command', command });
      await say('swipe');
      await editor.find('divider').waitFor();
      await say('zoom-actual');
      const [before] = [await editor.find('zoom-actual').textContent()];
      await say('zoom-in');
      const scale = (text: string | null) => Number.parseInt(text ?? '', 10);
      assert.ok(scale(await editor.find('zoom-actual').textContent()) > scale(before));
      for (const command of ['contour', 'next-colormap', 'more-opaque']) await say(command);
      const colormap = COLORMAPS[(COLORMAPS.indexOf(DEFAULT_STYLE.colormap) + 1) % COLORMAPS.length];
      const style = {
        ...DEFAULT_STYLE,
        contour: !DEFAULT_STYLE.contour,
        colormap,
        opacity: DEFAULT_STYLE.opacity + 0.1,
      };
      assert.deepEqual((await editor.postedOf('style')).at(-1), { type: 'style', style });
    });

    it('is left of the divider, which keys move', async () => {
      await open(editorState([CAT]));
      await editor.settle(() => editor.find('swipe').click());
      await editor.find('divider').focus();
      const clip = () => editor.page.locator('.heat').evaluate((element) => element.style.clipPath);
      const { view, left } = await editor.placement();
      assert.equal(await clip(), `inset(0px 0px 0px ${view.width / 2 - left}px)`);
      await editor.press('Home');
      assert.equal(await clip(), '');
      await editor.page.evaluate(() => {
        for (let i = 0; i < 5; i++)
          document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      });
      await drawn(editor.page);
      const percent = await editor.find('divider').getAttribute('aria-valuenow');
      assert.equal(percent, '10', 'keys that come before the page has drawn');
    });
  });

  describe('zoom and pan', () => {
    it('with keys: fit, actual size, in and out, arrows', async () => {
      await open(editorState([CAT]), { width: 400, height: 400 });
      const fitted = await editor.placement();
      assert.ok(fitted.scale < 0.7);
      await editor.press('1');
      const actual = await editor.placement();
      assert.equal(actual.scale, 1);
      assert.equal(await editor.find('zoom-actual').textContent(), '100 %');
      await editor.press('ArrowRight');
      assert.equal((await editor.placement()).left, actual.left - 40);
      await editor.press('+');
      assert.equal((await editor.placement()).scale, 1.25);
      await editor.press('0');
      assert.deepEqual(await editor.placement(), fitted);
    });

    it('with a pinch keeps the point under the pointer; pixels become squares', async () => {
      await open(editorState([CAT]), { width: 400, height: 400 });
      await editor.press('1');
      const { view } = await editor.placement();
      const at = { x: view.x + view.width / 2 + 90, y: view.y + view.height / 2 - 60 };
      await editor.page.mouse.move(at.x, at.y);
      const [x, y] = numbersOf(await probe());
      await editor.page.keyboard.down('Control');
      for (let i = 0; i < 3; i++) await editor.settle(() => editor.page.mouse.wheel(0, -100));
      await editor.page.keyboard.up('Control');
      await editor.settle(() => editor.page.mouse.move(at.x + 1, at.y));
      const [x2, y2] = numbersOf(await probe());
      assert.ok(Math.abs(x2! - x!) <= 1 && Math.abs(y2! - y!) <= 1, `${[x, y]} to ${[x2, y2]}`);
      assert.match((await editor.find('image-0').getAttribute('class')) ?? '', /pixelated/);
    });

    it('with a wheel, a drag and a double click', async () => {
      await open(editorState([CAT]), { width: 400, height: 400 });
      await editor.press('1');
      const before = await editor.placement();
      const at = { x: before.view.x + 150, y: before.view.y + 100 };
      await editor.page.mouse.move(at.x, at.y);
      await editor.settle(() => editor.page.mouse.wheel(30, 20));
      const wheeled = await editor.placement();
      assert.deepEqual([wheeled.left - before.left, wheeled.top - before.top].map(Math.round), [-30, -20]);
      await editor.page.mouse.down();
      await editor.page.mouse.move(at.x + 40, at.y + 10);
      await editor.settle(() => editor.page.mouse.up());
      const dragged = await editor.placement();
      assert.deepEqual([dragged.left - wheeled.left, dragged.top - wheeled.top].map(Math.round), [40, 10]);
      await editor.settle(() => editor.page.mouse.dblclick(at.x, at.y));
      assert.ok((await editor.placement()).top >= 8, 'a double click fits the image');
    });
  });

  describe('values', () => {
    it('under the pointer are those of the map', async () => {
      await open(editorState([CAT]));
      const { left, top, scale, view } = await editor.placement();
      const [x, y, width, height] = BOXES['cat']!;
      const middle = { x: x + width / 2, y: y + height / 2 };
      const at = { x: view.x + left + middle.x * scale, y: view.y + top + middle.y * scale };
      await editor.settle(() => editor.page.mouse.move(at.x, at.y));
      const [px, py, , , , value] = numbersOf(await probe());
      assert.ok(Math.abs(px! - middle.x) <= 1 && Math.abs(py! - middle.y) <= 1 && value! > 0.95, await probe());
    });

    it('are found and spoken by keys', async () => {
      await open(editorState([CAT, DOG]));
      await editor.find('stage').focus();
      await editor.press('m');
      const spoken = await editor.page.locator('body > .visually-hidden[aria-live]').textContent();
      assert.match(spoken ?? '', /cat 1\.00 .* dog 0\.\d\d .* difference \+\d\.\d\d/);
      assert.ok(spoken?.startsWith(await probe()));
      assert.equal(await editor.find('reading-0').textContent(), '1.00');
      assert.match((await editor.find('reading-1').textContent()) ?? '', /^0\.\d\d$/);
      const [x] = numbersOf(await probe());
      await editor.press('Shift+ArrowLeft');
      assert.ok(numbersOf(await probe())[0]! < x!);
      await editor.press('Escape');
      assert.equal(await editor.find('probe').isHidden(), true);
    });
  });

  describe('messages to the host', () => {
    it('cancel, retry, actions of an error, another image', async () => {
      const working = { kind: 'working', text: 'Preparing', done: 0, total: 0 } as const;
      await open(editorState([{ title: 'cat', state: working }], { strip }));
      await editor.find('cancel').click();
      assert.equal((await editor.postedOf('cancel')).length, 1);
      await editor.find('strip-2').click();
      assert.deepEqual(await editor.postedOf('select'), [{ type: 'select', index: 2 }]);
      await editor.send({ type: 'slot', index: 0, slot: { title: 'cat', state: { kind: 'cancelled' } } });
      assert.equal(await editor.bodyState(), 'cancelled');
      await editor.find('retry').click();
      const actions = [{ id: 'choose-device', title: 'Choose Device' }];
      const failed = { kind: 'failed', code: 'device-unavailable', message: 'device cuda: not available.', actions };
      await editor.send({ type: 'slot', index: 0, slot: { title: 'cat', state: failed } });
      assert.equal(await editor.bodyState(), 'failed');
      assert.match((await editor.find('error-0').textContent()) ?? '', /device cuda/);
      await editor.find('action-choose-device').click();
      const ids = (await editor.postedOf('action')).map(({ id }) => id);
      assert.deepEqual(ids, ['retry', 'choose-device']);
    });

    it('the style of the moment and the pane in focus, then an export, chosen by keys', async () => {
      await open(editorState([CAT, DOG]));
      await editor.setSlider('opacity', 80);
      await editor.find('export').click();
      await editor.press('ArrowDown');
      assert.equal(await editor.page.evaluate(() => document.activeElement?.textContent), 'Heatmap (PNG)');
      await editor.press('Enter');
      const style = { colormap: 'turbo', opacity: 0.8, threshold: 0, contour: false };
      assert.deepEqual(await editor.postedOf('style'), [{ type: 'style', style }]);
      const requests = (await editor.postedOf('request')).map(({ request }) => request);
      assert.deepEqual(requests, [{ type: 'export', kind: 'heatmap' }]);
      await editor.find('pane-1').click();
      assert.deepEqual(await editor.postedOf('focused'), [{ type: 'focused', slot: 1 }]);
    });

    it('once, that its picture can not be shown', async () => {
      // Both panes and their difference load it for themselves, and each load fails.
      const uri = 'data:image/png,broken';
      await open(editorState([CAT, DOG], { picture: { uri } }));
      const broken = editor.page.locator(`.picture img[src="${uri}"]`);
      assert.equal(await broken.count(), 3);
      await until('all have failed', () =>
        broken.evaluateAll((all) =>
          all.every((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth === 0),
        ),
      );
      await until('the host is told', async () => (await editor.postedOf('unshowable')).length > 0);
      await drawn(editor.page);
      assert.equal((await editor.postedOf('unshowable')).length, 1);
      assert.equal(await editor.page.locator('.picture img:visible').count(), 0);
    });

    it('nothing of a picture that it no longer shows', async () => {
      await open(editorState([CAT, DOG]));
      await editor.page.locator('.picture img').evaluateAll((all) =>
        Promise.all(
          all.map((image) => {
            const failed = new Promise((done) => image.addEventListener('error', done, { once: true }));
            image.setAttribute('src', 'data:image/png,broken');
            return failed;
          }),
        ),
      );
      await drawn(editor.page);
      assert.deepEqual(await editor.postedOf('unshowable'), []);
    });
  });

  it('tells the class that the image has by its dataset, and none for the next image that has none', async () => {
    await open(editorState([CAT], { truth: 'tiger <b>x</b>' }));
    assert.equal(await editor.find('truth').textContent(), 'true: tiger <b>x</b>');
    assert.equal(await editor.find('facts-0').locator('b').count(), 0);
    await editor.send({ type: 'image', image: editorState([DOG]) });
    await picturesShown(editor.page);
    assert.equal(await editor.find('truth').count(), 0);
  });

  it('copies the image with its heat at full resolution', async () => {
    await open(editorState([CAT]));
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await editor.find('copy').click();
    await editor.page.waitForFunction(
      () => document.querySelector('[data-testid=notice]')?.textContent === 'Image copied',
    );
    assert.deepEqual(await editor.page.evaluate(sizeOnClipboard), SCENE);
  });

  it('keeps zoom and original while it is hidden, and the text and the style that the host restores it from', async () => {
    await open(editorState([CAT]), { restore: '{"image":1}' });
    await editor.setSlider('threshold', 30);
    await editor.press('1');
    await editor.settle(() => editor.find('original').click());
    const saved = await editor.saved();
    assert.equal((saved as { restore: string }).restore, '{"image":1}');
    await editor.close();
    const style = { ...DEFAULT_STYLE, threshold: 0.2 };
    await open(editorState([CAT], { style }), { saved });
    assert.deepEqual((await editor.postedOf('ready'))[0]?.['style'], { ...style, threshold: 0.3 });
    assert.equal(await editor.find('threshold').inputValue(), '20', 'the host has the last word');
    assert.equal((await editor.placement()).scale, 1);
    assert.equal(await editor.find('original').getAttribute('aria-pressed'), 'true');
    await editor.send({ type: 'changed', change: { style: DEFAULT_STYLE } });
    assert.equal(await editor.find('threshold').inputValue(), '0');
  });

  it('every control has a name, and Tab reaches them all', async () => {
    await open(editorState([CAT, DOG], { strip }));
    const session = await editor.page.context().newCDPSession(editor.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const roles = ['button', 'slider', 'combobox', 'application', 'checkbox', 'listbox', 'option'];
    const controls = nodes.filter(({ role }) => roles.includes(role?.value));
    assert.ok(controls.length >= 18, `${controls.length} controls`);
    for (const node of controls) assert.ok(node.name?.value?.trim(), `${node.role?.value} without a name`);
    assert.equal(await editor.find('image-1').getAttribute('alt'), 'cat-and-dog.png, heat of dog');
    const reached = new Set<string>();
    for (let i = 0; i < 25; i++) {
      await editor.page.keyboard.press('Tab');
      reached.add(await editor.page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid'] ?? ''));
    }
    const style = ['opacity', 'colormap', 'threshold', 'contour'];
    const view = ['original', 'swipe', 'compare', 'stop-comparing', 'zoom-out', 'zoom-in', 'zoom-fit'];
    const rest = [...view, 'copy', 'export', 'pane-0', 'pane-1', 'pane-difference', 'queue-button', 'strip'];
    assert.deepEqual(
      [...style, ...rest].filter((id) => !reached.has(id)),
      [],
    );
  });
});

async function sizeOnClipboard(): Promise<Size> {
  const [item] = await navigator.clipboard.read();
  const { width, height } = await createImageBitmap(await item!.getType('image/png'));
  return { width, height };
}
