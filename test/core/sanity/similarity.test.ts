/** How alike maps are, beside scikit-image and SciPy; test/data/sanity/similarity.py made the numbers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ranks, spearman, ssim } from '../../../src/core/sanity/similarity';
import { project } from '../../support/shared';

interface Pair {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly range: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly ssim: number;
  readonly spearman: number;
}

const PAIRS: readonly Pair[] = JSON.parse(readFileSync(project('test', 'data', 'sanity', 'similarity.json'), 'utf8'));

describe('similarity of maps', () => {
  for (const { name, a, b, range, width, height, ...expected } of PAIRS) {
    it(name, () => {
      const [first, second] = [Float32Array.from(a), Float32Array.from(b)];
      const near = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 1e-6, `${found}, ${wanted}`);
      near(spearman(first, second), expected.spearman);
      near(ssim(first, second, { width, height }, range), expected.ssim);
      near(spearman(first, first), 1);
      near(ssim(first, first, { width, height }, range), 1);
    });
  }

  it('equal values share the mean of their ranks', () => {
    assert.deepEqual([...ranks(Float32Array.of(0, 3, -1, 0, 0, -0))], [2.5, 0, 5, 2.5, 2.5, 2.5]);
  });

  it('a constant map has no rank correlation', () => {
    assert.ok(Number.isNaN(spearman(new Float32Array(4), Float32Array.of(1, 2, 3, 4))));
  });

  it('a map smaller than the window is compared as a whole', () => {
    const map = Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0);
    assert.equal(ssim(map, map, { width: 3, height: 3 }, 1), 1);
  });
});
