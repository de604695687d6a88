/** The editor page in Chromium: what its canvases hold. */
import assert from 'node:assert/strict';
import type { Frame } from '../../src/core/saliency';
import { DEFAULT_STYLE } from '../../src/core/style';
import { type Drawing, draw } from '../../webview/heat/painting';
import { brightest, type EditorPage, editorPages, picturesShown, visible } from './support/editor-page';
import { drawn } from './support/page';
import { BOXES, CAT, DOG, editorState, hillOn, SCENE } from './support/states';

const middleOf = (name: string) => {
  const [x, y, width, height] = BOXES[name]!;
  return { x: x + width / 2, y: y + height / 2 };
};

describe('the heat of the editor page', () => {
  let editor: EditorPage;
  const open = editorPages((opened) => {
    editor = opened;
  });

  it('is hottest inside the box of the class, over the very pixels of the image', async () => {
    await open(editorState([CAT], { style: { colormap: 'grey', opacity: 1, threshold: 0, contour: false } }));
    const canvas = await editor.canvas('0');
    const hottest = brightest(canvas);
    const at = { x: (hottest.x * SCENE.width) / canvas.width, y: (hottest.y * SCENE.height) / canvas.height };
    const middle = middleOf('cat');
    assert.ok(Math.abs(at.x - middle.x) < 16 && Math.abs(at.y - middle.y) < 16, JSON.stringify({ at, middle }));
    assert.deepEqual(await editor.find('heat-0').boundingBox(), await editor.find('image-0').boundingBox());
    assert.equal(await editor.bodyState(), 'done');
    assert.equal(await editor.find('pane-0').getAttribute('data-class'), '10');
  });

  it('is clear where a cropping network did not look', async () => {
    // Only the right half of the image was seen.
    const map = Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? 0 : 1)) as unknown as Float32Array;
    const imageTransform = { scaleX: 2, scaleY: 4, offsetX: 256, offsetY: 0, image: SCENE };
    const frame: Frame = { ...hillOn('cat'), height: 4, width: 4, map, imageTransform };
    await open(editorState([{ ...CAT, frame }]));
    const { width, height, rgba } = await editor.canvas('0');
    for (const y of [0, height - 1]) {
      assert.equal(rgba[4 * (y * width + width / 2 - 1) + 3], 0);
      assert.equal(rgba[4 * (y * width + width / 2) + 3], 255);
    }
  });

  it('with a sign is red and blue, clear between, with a legend from -1 to 1', async () => {
    const map = [-1, -1, 1, 1] as unknown as Float32Array;
    const frame: Frame = { ...hillOn('cat'), height: 1, width: 4, map, signed: true };
    const legend = () => editor.page.locator('.status .legend').textContent();
    await open(editorState([CAT]));
    assert.equal(await legend(), '01');
    await editor.close();
    await open(editorState([{ ...CAT, frame }]));
    assert.equal(await legend(), '−11');
    const { width, height, rgba } = await editor.canvas('0');
    const at = (x: number) => [...rgba.subarray(4 * ((height / 2) * width + x), 4 * ((height / 2) * width + x) + 4)];
    const [left, middle, right] = [at(0), at(width / 2), at(width - 1)];
    assert.ok(left[2]! > left[0]! && right[0]! > right[2]!, `${left} ${right}`);
    assert.ok(middle[3]! < 64 && left[3] === 255 && right[3] === 255, `${middle}`);
  });

  it('is painted by a worker, as it would be on the page', async () => {
    await open(editorState([CAT, DOG]));
    assert.equal(editor.page.workers().length, 1);
    const [cat, dog] = [hillOn('cat'), hillOn('dog')].map((frame) => ({ ...frame, map: Float32Array.from(frame.map) }));
    const drawings: Readonly<Record<string, Drawing>> = {
      '0': { kind: 'map', frame: cat! },
      difference: { kind: 'difference', first: cat!, second: dog! },
    };
    for (const [id, drawing] of Object.entries(drawings)) {
      const { width, height, rgba } = await editor.canvas(id);
      const { pixels } = draw({ drawing, size: { width, height }, style: DEFAULT_STYLE });
      // A canvas keeps colours multiplied by their alpha, in whole numbers.
      const wrong = pixels.findIndex((value, i) => {
        const alpha = pixels[i | 3]!;
        return i % 4 === 3 ? rgba[i] !== value : Math.abs(rgba[i]! - value) * alpha > 255;
      });
      assert.equal(wrong, -1, `${id}: ${pixels.slice(wrong & ~3, (wrong & ~3) + 4)} at ${wrong >> 2}`);
    }
  });

  for (const [what, script] of [
    ['is missing', null],
    ['fails', "addEventListener('message', () => { throw new Error('broken'); });"],
  ] as const) {
    it(`is painted on the page where the worker ${what}, which the log is told once`, async () => {
      await open(editorState([CAT]), { files: { 'heat-worker.js': script } });
      const first = await editor.canvas('0');
      assert.ok(visible(first) > 0);
      await editor.setSlider('threshold', 50);
      assert.ok(visible(await editor.canvas('0')) < visible(first));
      assert.equal((await editor.postedOf('log')).length, 1);
      // The browser's own line about the file.
      if (script === null) editor.errors.splice(0, 1);
    });
  }

  it('changes with colormap and threshold, and with opacity only in the page, asking nobody', async () => {
    await open(editorState([CAT]));
    const before = await editor.canvas('0');
    await editor.setSlider('opacity', 20);
    const opacity = () => editor.page.locator('.heat').evaluate((element) => getComputedStyle(element).opacity);
    assert.equal(await opacity(), '0.2');
    assert.deepEqual(await editor.canvas('0'), before);
    await editor.setSlider('threshold', 50);
    // The Gaussian exp(-r^2 / 0.02) is above a half inside a circle of area pi 0.02 ln 2 of the image; 16 cells blunt it a little.
    const area = Math.PI * 0.02 * Math.log(2) * before.width * before.height;
    const ratio = visible(await editor.canvas('0')) / area;
    assert.ok(ratio > 0.9 && ratio < 1.1, `${ratio}`);
    await editor.find('colormap').click();
    await editor.settle(() => editor.page.getByRole('option', { name: 'grey' }).click());
    assert.deepEqual(brightest(await editor.canvas('0')).rgba, [255, 255, 255, 255]);
    await editor.settle(() => editor.find('contour').click());
    const path = await editor.find('contour-0').locator('path').first().getAttribute('d');
    assert.match(path ?? '', /^M.+Z$/);
    const told = (await editor.posted()).map(({ type }) => type);
    assert.deepEqual([...new Set(told)], ['ready', 'style'], 'of the style alone the host is told');
  });

  it('has its chosen colormap legible in the list, in a theme without a colour for the text of a selected row', async () => {
    await open(editorState([CAT]), { theme: 'high-contrast-light' });
    await editor.find('colormap').click();
    const chosen = editor.page.getByRole('option', { selected: true });
    const [text, page] = await chosen.evaluate((element) => [
      getComputedStyle(element).color,
      getComputedStyle(document.body).color,
    ]);
    assert.equal(text, page);
  });

  it('streams without a blank between frames, and goes when another class is asked for', async () => {
    const state = (done: number) => ({ kind: 'working', text: 'Running passes', done, total: 32 }) as const;
    await open(editorState([{ title: 'cat', state: { ...state(0), total: 0 } }]));
    assert.equal(visible(await editor.canvas('0')), 0);
    await editor.page.evaluate(watchForBlanks);
    for (const done of [4, 8, 16, 32]) {
      const slot = { title: 'cat', state: state(done), frame: hillOn('cat', done) };
      await editor.send({ type: 'slot', index: 0, slot });
      assert.equal(await editor.find('state-line').textContent(), `Running passes ${done}/32`);
      assert.ok(visible(await editor.canvas('0')) > 0);
    }
    assert.equal(await editor.page.evaluate(() => Reflect.get(window, 'blanks')), 0);
    assert.equal(await editor.bodyState(), 'working');
    await editor.send({ type: 'slot', index: 0, slot: { title: 'dog', state: state(0) } });
    assert.equal(visible(await editor.canvas('0')), 0);
  });

  it('of two classes is shown with their difference, red for the first and blue for the second', async () => {
    await open(editorState([CAT, DOG]));
    const { width, height, rgba } = await editor.canvas('difference');
    const colorOn = (name: string) => {
      const { x, y } = middleOf(name);
      const pixel = Math.round((y * height) / SCENE.height) * width + Math.round((x * width) / SCENE.width);
      return rgba.subarray(4 * pixel, 4 * pixel + 4);
    };
    const [cat, dog] = [colorOn('cat'), colorOn('dog')];
    assert.ok(cat[0]! > cat[2]! + 50 && cat[3] === 255, `${cat}`);
    assert.ok(dog[2]! > dog[0]! + 50 && dog[3] === 255, `${dog}`);
    assert.ok(rgba[3]! < 10, 'clear where both are zero');
  });

  it('waits for the photograph: before it is decoded there is no heat, no outcome and nothing to export', async () => {
    let arrive = () => {};
    const pictures = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await open(editorState([CAT, DOG]), { pictures });
    const seen = () =>
      Promise.all([
        editor.bodyState(),
        editor.canvas('0').then((canvas) => visible(canvas) > 0),
        editor.canvas('difference').then((canvas) => visible(canvas) > 0),
        editor.find('pane-0').getAttribute('data-class'),
        editor.find('export').evaluate((button) => (button as HTMLButtonElement).disabled),
      ]);
    assert.deepEqual(await seen(), ['working', false, false, null, true]);
    assert.match((await editor.find('state-line').textContent()) ?? '', /Loading the image/);
    const slot = { ...CAT, state: { kind: 'working', text: 'Running passes', done: 8, total: 32 } };
    await editor.send({ type: 'slot', index: 0, slot });
    assert.deepEqual(await seen(), ['working', false, false, null, true]);
    await editor.send({ type: 'slot', index: 0, slot: CAT });
    // Its size is known, so it could be zoomed; but nothing of it is there to be seen.
    await editor.send({ type: 'command', command: 'measure' });
    assert.equal(await editor.find('assessment').isVisible(), false);
    arrive();
    await picturesShown(editor.page);
    assert.equal(await editor.find('assessment').isVisible(), true);
    assert.deepEqual(await editor.postedOf('assessment'), [{ type: 'assessment', part: 'measurement', slots: [0, 1] }]);
    assert.deepEqual(await seen(), ['done', true, true, '10', false]);
  });

  it('waits for the photograph of the engine where a browser can not show the file', async () => {
    await open(editorState([CAT], { picture: { uri: 'data:image/png,broken' } }));
    await editor.page.waitForFunction(() =>
      Reflect.get(window, 'posted').some(({ type }: { type: string }) => type === 'unshowable'),
    );
    await drawn(editor.page);
    assert.equal(await editor.bodyState(), 'working');
    assert.equal(visible(await editor.canvas('0')), 0);
    await editor.send({ type: 'state', state: editorState([CAT]) });
    await picturesShown(editor.page);
    assert.equal(await editor.bodyState(), 'done');
  });

  it('draws no picture and no zoom while the size of the image is not known', async () => {
    const message = 'broken.jpg: not a readable image.';
    const failed = { kind: 'failed', code: 'image-unreadable', message, actions: [] } as const;
    await open(editorState([{ title: 'top class', state: failed }], { picture: undefined, size: undefined }));
    assert.equal(await editor.find('image-0').isVisible(), false);
    assert.equal(await editor.find('zoom-actual').textContent(), '');
    assert.match((await editor.find('error-0').textContent()) ?? '', /broken\.jpg/);
  });
});

/** Counts the frames of the screen in which a canvas that had heat has none. */
function watchForBlanks(): void {
  Reflect.set(window, 'blanks', 0);
  const canvas = document.querySelector('canvas')!;
  const middle = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  let had = false;
  const look = () => {
    middle.clearRect(0, 0, 1, 1);
    middle.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
    const [, , , alpha] = middle.getImageData(0, 0, 1, 1).data;
    if (had && alpha === 0) Reflect.set(window, 'blanks', Reflect.get(window, 'blanks') + 1);
    had ||= alpha !== 0;
    requestAnimationFrame(look);
  };
  look();
}
