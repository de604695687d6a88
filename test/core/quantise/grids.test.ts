/** Grids against the formulas of Jacob et al. (arXiv 1712.05877) and the bounds of rounding. */
import assert from 'node:assert/strict';
import { gridOf, integerBias, integerWeights } from '../../../src/core/quantise/grids';
import { rangesIn, serve, united, widened } from '../../../src/core/quantise/ranges';
import { noise } from '../../support/tiny-network';

describe('grids of 8 bits', () => {
  it('cover a range and hold 0 exactly', () => {
    for (const [low, high] of [
      [-1, 1],
      [-0.3, 5.7],
      [0, 6],
      [2, 6],
      [-4, -1],
      [0, 0],
    ] as const) {
      const { scale, zero } = gridOf([low, high]);
      assert.ok(Number.isInteger(zero) && zero >= 0 && zero <= 255, `${zero}`);
      const [least, greatest] = [scale * (0 - zero), scale * (255 - zero)];
      assert.ok(least <= Math.min(low, 0) + scale && greatest >= Math.max(high, 0) - scale, `${least} to ${greatest}`);
      // The width is that of the range with 0, by 255 steps.
      const width = Math.max(high, 0) - Math.min(low, 0);
      assert.ok(Math.abs(255 * scale - Math.max(width, 1e-12)) <= 1e-6 * Math.max(width, 1), `${255 * scale}`);
    }
  });

  it('weights are within half a step of their channel', () => {
    const channels = 5;
    const values = noise(channels * 12, 3).map((value, i) => value * 10 ** (Math.floor(i / 12) - 2));
    const { integers, scales } = integerWeights(values, channels);
    values.forEach((value, i) => {
      const scale = scales[Math.floor(i / 12)]!;
      assert.ok(Math.abs(integers[i]! * scale - value) <= 0.5 * scale * (1 + 1e-6), `${i}`);
    });
    // The two smallest channels are below 2^-10 of the largest, and share its least scale.
    const most = (m: number) => Math.max(...values.slice(12 * m, 12 * m + 12).map(Math.abs));
    for (const m of [2, 3, 4]) assert.ok(Math.abs(scales[m]! - most(m) / 127) < 1e-6 * scales[m]!, `${m}`);
    assert.equal(scales[0], Math.fround(most(4) / 1024 / 127));
  });

  it('a bias is in steps of the products, and never beyond int32', () => {
    const steps = integerBias([1, -2, 1e9], { scale: 0.01, zero: 0 }, [0.5, 0.25, 1e-6]);
    assert.deepEqual([...steps], [200, -800, 2 ** 31 - 1]);
  });
});

describe('ranges', () => {
  const known = rangesIn(['a', 'b'], Float32Array.of(-1, 1, 0, 8));

  it('are read in pairs and united', () => {
    assert.deepEqual(
      [...known],
      [
        ['a', [-1, 1]],
        ['b', [0, 8]],
      ],
    );
    const other = rangesIn(['a', 'b'], Float32Array.of(-3, 0, 1, 9));
    assert.deepEqual(
      [...united(known, other)],
      [
        ['a', [-3, 1]],
        ['b', [0, 9]],
      ],
    );
  });

  it('serve what goes beyond them by less than a quarter of their width', () => {
    assert.ok(serve(known, rangesIn(['a', 'b'], Float32Array.of(-1.4, 1.4, 0, 9.9))));
    assert.ok(!serve(known, rangesIn(['a', 'b'], Float32Array.of(-1.6, 1, 0, 8))));
    assert.ok(!serve(known, rangesIn(['a', 'b'], Float32Array.of(-1, 1, 0, 10.1))));
  });

  it('get a margin when they are widened, and never become narrower', () => {
    const wide = widened(known, undefined);
    assert.ok(wide.get('a')![0] < -1 && wide.get('a')![1] > 1);
    assert.equal(wide.get('b')![0], 0);
    const again = widened(rangesIn(['a', 'b'], Float32Array.of(-0.1, 5, 0, 1)), wide);
    assert.equal(again.get('a')![0], wide.get('a')![0]);
    assert.ok(again.get('a')![1] > 5);
    assert.deepEqual(again.get('b'), wide.get('b'));
  });
});
