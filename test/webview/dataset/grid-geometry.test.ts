/** Where tiles lie, for lists of any length. */
import assert from 'node:assert/strict';
import {
  farthest,
  layoutOf,
  MOST_HEIGHT,
  placeOf,
  positionAt,
  scaleOf,
  scrolledTo,
  seen,
} from '../../../webview/dataset/grid/geometry';

const VIEW = { width: 1000, height: 700 };
/** Chromium's highest element. */
const BROWSERS = 33_554_400;

describe('the layout of tiles', () => {
  for (const count of [0, 1, 7, 1_000, 1_000_000]) {
    for (const tile of [40, 128, 512]) {
      it(`shows each of ${count} tiles of ${tile} once, inside the view`, () => {
        const layout = layoutOf(VIEW, tile, count);
        assert.ok(layout.scrolled < BROWSERS);
        assert.ok(layout.side >= Math.min(tile, VIEW.width - 12), `${layout.side}`);
        const last = Math.max(count - 1, 0);
        for (const position of [0, Math.floor(last / 2), last]) {
          const { x, y } = placeOf(layout, position);
          assert.ok(x >= 0 && x + layout.side <= VIEW.width);
          if (count > 0) assert.equal(positionAt(layout, x + layout.side / 2, y + layout.side / 2, count), position);
          const top = scrolledTo(layout, VIEW, 0, position);
          const [from, to] = seen(layout, VIEW, top, count);
          if (count > 0) assert.ok(from <= position && position < to, `${from} ${position} ${to}`);
          assert.ok(top >= 0 && top <= farthest(layout, VIEW));
        }
      });
    }
  }

  it('scrolls by more than a pixel where the list is longer than a browser allows, from end to end', () => {
    const layout = layoutOf({ width: 600, height: 700 }, 512, 1_000_000);
    assert.equal(layout.scrolled, MOST_HEIGHT);
    const scale = scaleOf(layout, VIEW);
    assert.ok(scale > 1);
    // The end of the scrolled element is the end of the list.
    assert.ok(Math.abs((MOST_HEIGHT - VIEW.height) * scale - farthest(layout, VIEW)) < 1);
    assert.equal(scaleOf(layoutOf(VIEW, 128, 1_000), VIEW), 1);
  });

  it('finds nothing between tiles and after the last', () => {
    const layout = layoutOf(VIEW, 128, 10);
    const { x, y } = placeOf(layout, 1);
    assert.equal(positionAt(layout, x - 3, y + 10, 10), undefined);
    const end = placeOf(layout, 10);
    assert.equal(positionAt(layout, end.x + 5, end.y + 5, 10), undefined);
  });
});
