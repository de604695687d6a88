/** The strip of many images: few elements, thumbnails of what is on screen, one button for the queue, keys. */
import assert from 'node:assert/strict';
import type { StripItem } from '../../src/protocol/webview';
import { type EditorPage, editorPages } from './support/editor-page';
import { pictureUri } from './support/page';
import { CAT, editorState } from './support/states';

const COUNT = 1000;
const many = (state: StripItem['state']): StripItem[] =>
  Array.from({ length: COUNT }, (_, i) => ({ name: `photograph-${i}.jpg`, state }));
const SCENE = { uri: pictureUri('media/demo/scenes/cat-and-dog.png') };

describe('the strip of many images', () => {
  let editor: EditorPage;
  const open = editorPages((opened) => {
    editor = opened;
  });
  const tiles = () => editor.page.locator('[data-testid^="strip-"]');
  const wanted = async () =>
    (await editor.postedOf('request')).map(({ request }) => Reflect.get(Object(request), 'index'));
  const thumbnail = () => SCENE;
  const lastId = async () => (await editor.postedOf('request')).at(-1)!['id'];
  const tileOf = (index: number) => editor.find(`strip-${index}`);

  it('has elements and thumbnails only for the images on screen', async () => {
    await open(editorState([CAT], { strip: many('waiting') }), { thumbnail });
    const count = await tiles().count();
    assert.ok(count < 25, `${count} tiles`);
    await tileOf(count - 1)
      .locator('img')
      .waitFor();
    assert.deepEqual(await wanted(), [...Array(count).keys()]);
    await editor.settle(() => editor.find('strip').evaluate((list) => list.scrollTo({ left: 90 * 500 })));
    await tileOf(500).locator('img').waitFor();
    assert.equal(await tileOf(20).count(), 0);
    assert.deepEqual(
      (await wanted()).filter((index) => index >= count && index < 490),
      [],
      'what is passed over is not asked for',
    );
    assert.ok((await tiles().count()) < 30);
  });

  it('shows a thumbnail when it comes, asks for none twice, and again for one whose file has changed', async () => {
    let broken = true;
    await open(editorState([CAT], { strip: many('done') }), {
      thumbnail: (index) => (index === 2 && broken ? undefined : SCENE),
    });
    const image = tileOf(2).locator('img');
    await tileOf(1).locator('img').waitFor();
    assert.equal(await image.isVisible(), false);
    const asked = async (index: number) => (await wanted()).filter((other) => other === index).length;
    assert.deepEqual([await asked(0), await asked(2), await asked(3)], [1, 1, 0], 'one after the other');
    broken = false;
    await editor.send({ type: 'failure', id: await lastId(), message: 'c.jpg: not a readable image.' });
    await tileOf(3).locator('img').waitFor();
    assert.equal(await image.isVisible(), false);
    await editor.send({ type: 'thumbnails-changed', indices: [2] });
    await image.waitFor();
    assert.deepEqual([await asked(0), await asked(2), await asked(3)], [1, 2, 1]);
  });

  it('says how far all are, and stops and resumes them with one button that keeps the focus', async () => {
    await open(editorState([CAT], { strip: many('waiting') }));
    const [state, button] = [editor.find('queue-state'), editor.find('queue-button')];
    const tell = (from: number, to: number, kind: StripItem['state']) =>
      editor.send({
        type: 'tiles',
        tiles: Array.from({ length: to - from }, (_, i) => ({ index: from + i, state: kind })),
      });
    await tell(0, 57, 'done');
    assert.equal(await state.textContent(), '57 of 1000 done');
    await button.focus();
    await editor.press('Enter');
    assert.equal((await editor.postedOf('cancel')).length, 1);
    await tell(57, COUNT, 'cancelled');
    assert.equal(await state.textContent(), 'Stopped: 57 of 1000 done');
    assert.equal(await tileOf(0).getAttribute('aria-label'), 'photograph-0.jpg, done');
    assert.equal(await button.getAttribute('aria-label'), 'Resume all images');
    await editor.press('Enter');
    assert.equal((await editor.postedOf('resume')).length, 1);
    await tell(57, COUNT, 'done');
    assert.equal(await state.textContent(), '1000 of 1000 done');
    assert.equal(await button.isHidden(), true);
    assert.equal(await editor.page.evaluate(() => document.activeElement?.getAttribute('role')), 'listbox');
  });

  it('is walked through by keys: End, arrows, Enter; the tile that keys act on is told and in view', async () => {
    await open(editorState([CAT], { strip: many('cancelled') }));
    const list = editor.find('strip');
    await list.focus();
    await editor.press('End');
    await editor.press('ArrowLeft');
    const tile = tileOf(COUNT - 2);
    assert.equal(await list.getAttribute('aria-activedescendant'), await tile.getAttribute('id'));
    assert.equal(await tile.getAttribute('aria-label'), `photograph-${COUNT - 2}.jpg, cancelled`);
    assert.deepEqual(
      [await tile.getAttribute('aria-posinset'), await tile.getAttribute('aria-setsize')],
      [String(COUNT - 1), String(COUNT)],
    );
    const [box, view] = [(await tile.boundingBox())!, (await list.boundingBox())!];
    assert.ok(box.x >= view.x && box.x + box.width <= view.x + view.width + 1, JSON.stringify([box, view]));
    await editor.press('Enter');
    assert.deepEqual(await editor.postedOf('select'), [{ type: 'select', index: COUNT - 2 }]);
    await editor.send({
      type: 'image',
      image: { ...editorState([CAT], { strip: many('cancelled') }), active: COUNT - 2 },
    });
    assert.equal(await tile.getAttribute('aria-selected'), 'true');
  });

  it('tells the host when a frame is on screen', async () => {
    await open(editorState([CAT], { strip: many('waiting') }));
    assert.deepEqual(await editor.postedOf('drawn'), []);
    const state = { kind: 'working', text: 'Running passes', done: 8, total: 32 } as const;
    await editor.send({ type: 'slot', index: 0, slot: { ...CAT, state } });
    assert.equal((await editor.postedOf('drawn')).length, 1);
  });
});
