import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { isConstant, makeMask, normalised } from '../../../src/core/cam/masks';
import { maskScore, merge, whyBlank } from '../../../src/core/cam/merge';
import { resizedBounds, resizeMap } from '../../../src/core/resize';
import { largestDifference } from '../../support/reference';

const side = fc.integer({ min: 1, max: 9 });
const target = fc.integer({ min: 1, max: 40 });
const size = fc.record({ u: side, v: side, height: target, width: target });
const features = (height: number, width: number) => ({ data: new Float32Array(), channels: 0, height, width });
/** Maps of the given size with some zeros, as after a ReLU. */
const map = (height: number, width: number) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.float({ min: 0, max: 8, noNaN: true })), {
      minLength: height * width,
      maxLength: height * width,
    })
    .map((values) => Float32Array.from(values));
const maps = size.chain((s) =>
  fc.record({ s: fc.constant(s), list: fc.array(map(s.u, s.v), { minLength: 1, maxLength: 4 }) }),
);

describe('masks', () => {
  it('have the bounds of the whole upsampled map', () => {
    fc.assert(
      fc.property(maps, ({ s: { u, v, height, width }, list: [first] }) => {
        const all = resizeMap(first!, u, v, height, width);
        const { lo, hi } = resizedBounds(first!, u, v, height, width);
        assert.ok(Math.abs(lo - Math.min(...all)) < 1e-6 && Math.abs(hi - Math.max(...all)) < 1e-6);
      }),
    );
  });

  it('lie within [0, 1] once they are upsampled, and reach both', () => {
    fc.assert(
      fc.property(maps, ({ s: { u, v, height, width }, list: [first] }) => {
        const mask = makeMask(first!, features(u, v), height, width);
        fc.pre(!isConstant(mask) && mask.hi - mask.lo > 1e-3);
        const all = resizeMap(normalised(mask), u, v, height, width);
        assert.ok(Math.abs(Math.min(...all)) < 1e-3 && Math.abs(Math.max(...all) - 1) < 1e-3);
      }),
    );
  });

  it('are constant if nothing varies, whatever the value', () => {
    for (const value of [0, 0.1, 3]) {
      assert.ok(isConstant(makeMask(new Float32Array(6).fill(value), features(2, 3), 7, 5)), `${value}`);
    }
    assert.ok(!isConstant(makeMask(Float32Array.of(0, 1), features(1, 2), 4, 4)));
  });
});

describe('merge', () => {
  const mask = (...values: number[]) => makeMask(Float32Array.from(values), features(1, values.length), 2, 8);

  it('is the weighted sum of the normalised, upsampled masks', () => {
    const scores = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(maps, scores, ({ s: { u, v, height, width }, list }, alpha) => {
        const masks = list.map((one) => makeMask(one, features(u, v), height, width));
        fc.pre(masks.every(({ lo, hi }) => hi - lo > 1e-2));
        const merged = merge(masks, Float32Array.from(alpha.slice(0, masks.length)), 'paper');
        const upsampled = resizeMap(merged.map, u, v, height, width).map((value) => value - merged.offset);
        const expected = new Float64Array(height * width);
        list.forEach((one, l) => {
          const all = resizeMap(one, u, v, height, width);
          const [lo, hi] = [Math.min(...all), Math.max(...all)];
          all.forEach((value, i) => {
            expected[i]! += (alpha[l]! * (value - lo)) / (hi - lo);
          });
        });
        assert.ok(largestDifference(upsampled, expected) < 1e-2);
      }),
    );
  });

  it('of the authors’ code sums the masks as they are, and only gains', () => {
    const { map: sum, offset } = merge([mask(1, 3), mask(2, 0)], Float32Array.of(0.5, 0.25), 'official');
    assert.deepEqual([...sum], [1, 1.5]);
    assert.equal(offset, 0);
    assert.equal(maskScore(0.25, 0.5, 'official'), 0);
    assert.equal(maskScore(0.25, 0.5, 'paper'), -0.25);
  });

  it('leaves constant masks out, whose bounds would divide by zero', () => {
    const { map: sum, offset } = merge([mask(2, 2), mask(0, 4)], Float32Array.of(0, 1), 'paper');
    assert.ok([...sum, offset].every(Number.isFinite));
  });

  it('says why a map is blank', () => {
    assert.match(whyBlank([mask(0, 0), mask(0, 0)], Float32Array.of(0, 0)), /every mask is empty/);
    assert.match(whyBlank([mask(0, 1), mask(0, 0)], Float32Array.of(-0.1, 0)), /no mask raises/);
    assert.match(whyBlank([mask(0, 1), mask(0, 2)], Float32Array.of(0.1, -0.2)), /outweigh/);
  });
});
