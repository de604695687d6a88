import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  columnsFor,
  type Extent,
  FIT,
  panBy,
  place,
  toImage,
  type Viewport,
  zoomBy,
} from '../../webview/editor/stage/viewport';

const SMALL: Extent = { image: { width: 100, height: 50 }, pane: { width: 416, height: 316 } };
const LARGE: Extent = { image: { width: 4000, height: 3000 }, pane: { width: 400, height: 300 } };

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

describe('viewport', () => {
  it('fits the image, centred, with a margin', () => {
    assert.deepEqual(place(FIT, SMALL), { scale: 4, left: 8, top: (316 - 200) / 2 });
  });

  it('follows the size of the pane while it fits', () => {
    assert.equal(place(FIT, { ...SMALL, pane: { width: 216, height: 316 } }).scale, 2);
  });

  it('keeps the point under the pointer when it zooms', () => {
    const start: Viewport = { zoom: 1, x: 0.5, y: 0.5 };
    const at = { x: 130, y: 80 };
    const before = toImage(place(start, LARGE), at);
    const zoomed = zoomBy(start, 3, at, LARGE);
    const after = toImage(place(zoomed, LARGE), at);
    near(after.x, before.x);
    near(after.y, before.y);
    assert.equal(zoomed.zoom, 3);
  });

  it('moves by pixels of the screen and stops at the borders', () => {
    const start: Viewport = { zoom: 1, x: 0.5, y: 0.5 };
    const moved = place(panBy(start, -30, 20, LARGE), LARGE);
    near(moved.left, place(start, LARGE).left - 30);
    near(moved.top, place(start, LARGE).top + 20);
    near(place(panBy(start, 1e6, -1e6, LARGE), LARGE).left, 0);
    near(place(panBy(start, 1e6, -1e6, LARGE), LARGE).top, 300 - 3000);
  });

  it('remembers no distance beyond a border', () => {
    const beyond = panBy({ zoom: 1, x: 0.5, y: 0.5 }, 1e6, 0, LARGE);
    near(place(panBy(beyond, -10, 0, LARGE), LARGE).left, -10);
  });

  it('leaves no gap beside a larger image, and centres a smaller one', () => {
    const length = fc.integer({ min: 1, max: 5000 });
    const size = fc.record({ width: length, height: length });
    const step = fc.record({
      factor: fc.double({ min: 0.2, max: 5, noNaN: true }),
      at: fc.record({ x: fc.integer({ min: 0, max: 999 }), y: fc.integer({ min: 0, max: 999 }) }),
      dx: fc.integer({ min: -9999, max: 9999 }),
    });
    fc.assert(
      fc.property(size, size, fc.array(step, { maxLength: 6 }), (image, pane, steps) => {
        const extent = { image, pane };
        const end = steps.reduce(
          (viewport, { factor, at, dx }) => panBy(zoomBy(viewport, factor, at, extent), dx, dx, extent),
          FIT,
        );
        const { left, scale } = place(end, extent);
        const width = image.width * scale;
        if (width <= pane.width) near(left, (pane.width - width) / 2);
        else assert.ok(left <= 1e-6 && left + width >= pane.width - 1e-6, `${left} ${width} ${pane.width}`);
      }),
    );
  });

  it('keeps its place on an image of another size', () => {
    const viewport = panBy({ zoom: 1, x: 0.5, y: 0.5 }, -400, 0, LARGE);
    const half = { image: { width: 2000, height: 1500 }, pane: LARGE.pane };
    const centre = (extent: Extent) => toImage(place(viewport, extent), { x: 200, y: 150 }).x / extent.image.width;
    near(centre(half), centre(LARGE));
  });

  for (const [columns, image, stage] of [
    [3, { width: 100, height: 100 }, { width: 900, height: 300 }],
    [1, { width: 100, height: 100 }, { width: 300, height: 900 }],
    [2, { width: 100, height: 100 }, { width: 600, height: 600 }],
    [1, { width: 400, height: 100 }, { width: 800, height: 600 }],
  ] as const) {
    const shape = (size: { width: number; height: number }) => `${size.width} x ${size.height}`;
    it(`puts three panes of ${shape(image)} into ${columns} columns on ${shape(stage)}`, () => {
      assert.equal(columnsFor(3, image, stage), columns);
    });
  }
});
