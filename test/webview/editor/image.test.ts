/** The image of the editor page: where it stays, and what its menu has. */
import assert from 'node:assert/strict';
import { type EditorPage, editorPages } from '../support/editor-page';
import { CAT, DOG, done, editorState, hillOn } from '../support/states';

const SIZES = [
  [1100, 760],
  [600, 500],
  [400, 300],
] as const;

describe('the image of the editor page', () => {
  let editor: EditorPage;
  const open = editorPages((opened) => {
    editor = opened;
  });

  for (const [width, height] of SIZES)
    it(`stays where it is while another class is explained, whatever is said under it, in ${width} x ${height}`, async () => {
      await open(editorState([CAT]), { width, height });
      const place = () => Promise.all(['pane-0', 'image-0'].map((id) => editor.find(id).boundingBox()));
      const before = await place();
      const working = {
        title: 'dog',
        state: { kind: 'working', text: 'Running passes', done: 12, total: 32 },
      } as const;
      const note = 'no positive evidence: the map shows what speaks against it. '.repeat(6);
      const noted = done('dog', 12, 0.0001, { note, assumptions: ['ImageNet mean and standard deviation'] });
      for (const slot of [{ ...working, frame: hillOn('dog', 12) }, noted, DOG]) {
        await editor.send({ type: 'state', state: editorState([slot]) });
        assert.deepEqual(await place(), before, slot.title);
      }
      await editor.send({ type: 'state', state: editorState([noted]) });
      // What has no room under the image is there for a pointer.
      assert.ok((await editor.page.locator('.brief').getAttribute('title'))!.includes('speaks against'));
      assert.match((await editor.find('facts-0').getAttribute('title'))!, /features\.12/);
    });

  it('has no Cut and no Paste in the menu of the image', async () => {
    await open(editorState([CAT]));
    const context = await editor.find('stage').getAttribute('data-vscode-context');
    assert.equal(JSON.parse(context!).preventDefaultContextMenuItems, true);
  });
});
