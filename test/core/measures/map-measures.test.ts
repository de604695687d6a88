/** Measures of maps, worked out by hand. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Region } from '../../../src/core/annotations/annotations';
import { type MappedImage, measuresOf } from '../../../src/core/measures/map-measures';
import { resizedMaximum, resizeMap } from '../../../src/core/resize';

const close = (actual: number | undefined, expected: number) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= 1e-6, `${actual} for ${expected}`);

/** A map of 3 x 4 cells, as large as the input, on an image ten times as large. */
function measured(values: readonly number[], rest: Partial<MappedImage> = {}, signed = false, offset = 0) {
  const map = { height: 3, width: 4, map: Float32Array.from(values), offset, signed };
  const inputSize = { width: 4, height: 3 };
  const transform = { scaleX: 10, scaleY: 10, offsetX: 0, offsetY: 0, image: { width: 40, height: 30 } };
  return measuresOf({ map, inputSize, transform, ...rest });
}
const box = (left: number, top: number, width: number, height: number): Region => ({
  category: 'thing',
  box: { left, top, width, height },
});

// biome-ignore format: rows of the map
const ONE = [0, 0, 0, 0,
             0, 0, 3, 0,
             0, 0, 0, 1];

describe('measures of a map', () => {
  it('the maximum is the centre of its pixel, as fractions of the image', () => {
    assert.deepEqual(measured(ONE).maximum, [25 / 40, 15 / 30]);
  });

  it('a maximum beside the image is moved onto it', () => {
    const transform = { scaleX: 10, scaleY: 10, offsetX: -10, offsetY: 5, image: { width: 20, height: 20 } };
    assert.deepEqual(measured(ONE, { transform }).maximum, [15 / 20, 1]);
  });

  it("the border's share is that of the outer cells", () => {
    close(measured(ONE).border, 1 / 4);
    close(measured(ONE.with(0, 4)).border, 5 / 8);
  });

  it('the spread is 0 for one cell, log n / log N for n equal ones, and entropy in between', () => {
    close(measured(ONE.with(11, 0)).spread, 0);
    close(measured(ONE.with(11, 3)).spread, Math.log(2) / Math.log(12));
    close(measured(ONE).spread, -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) / Math.log(12));
  });

  it('cells count from the smallest one on, after the offset and the ReLU; of a signed map what speaks for the class', () => {
    const { border, spread } = measured(ONE.map((value) => value + 5));
    close(border, 1 / 4);
    close(spread, measured(ONE).spread!);
    close(measured(ONE.with(0, 2), {}, false, 1).border, 1 / 3);
    close(measured(ONE.with(0, -2), {}, true).border, 1 / 4);
  });

  it('a blank map has no measures, and misses its objects', () => {
    assert.deepEqual(measured(new Array(12).fill(2)), {});
    assert.deepEqual(measured(new Array(12).fill(2), { regions: [box(0, 0, 40, 30)] }), { hit: false });
  });

  it('energy and hit are of the objects, whose boxes the hit grows by 15 pixels', () => {
    const inside = measured(ONE, { regions: [box(20, 10, 10, 10)] });
    close(inside.energy, 3 / 4);
    assert.equal(inside.hit, true);
    assert.equal(measured(ONE, { regions: [box(0, 0, 9, 9)] }).hit, false);
    assert.equal(measured(ONE, { regions: [box(0, 10, 10, 10)] }).hit, true);
    assert.ok(!('energy' in measured(ONE)) && !('hit' in measured(ONE)));
  });

  it('the maximum after resampling is the first one of the whole resampled map', () => {
    const size = fc.integer({ min: 1, max: 9 });
    const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 81, maxLength: 81 });
    fc.assert(
      fc.property(values, size, size, size, size, (all, fromHeight, fromWidth, up, across) => {
        const map = Float32Array.from(all.slice(0, fromHeight * fromWidth));
        const [height, width] = [fromHeight * up, fromWidth * across];
        const large = resizeMap(map, fromHeight, fromWidth, height, width);
        const found = resizedMaximum(map, fromHeight, fromWidth, height, width);
        // Where rounding tips equal values, any of them is a maximum.
        assert.ok(Math.max(...large) - large[found]! <= 1e-5);
      }),
    );
  });
});
