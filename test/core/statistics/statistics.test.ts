import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRandom } from '../../../src/core/random';
import { estimateMean } from '../../../src/core/statistics/estimate';
import { comparePaired, holm, signedRankTest } from '../../../src/core/statistics/paired';
import { assertClose } from '../methods/run';

describe('mean and its interval', () => {
  it('the interval of many normal values is the one of the normal distribution', () => {
    const random = createRandom(5);
    const values = Array.from({ length: 2000 }, () => 3 + 2 * random.normal());
    const { n, mean, interval } = estimateMean(values);
    assert.equal(n, 2000);
    const half = (1.96 * 2) / Math.sqrt(2000);
    assertClose([interval!.low, interval!.high], [mean - half, mean + half], 0.1 * half);
  });

  it('holds the true mean in about 95 of 100 samples', () => {
    const random = createRandom(11);
    let held = 0;
    for (let sample = 0; sample < 200; sample++) {
      const { low, high } = estimateMean(Array.from({ length: 60 }, () => random.uniform())).interval!;
      if (low <= 0.5 && 0.5 <= high) held += 1;
    }
    // 190 expected; four deviations of a binomial count are 12.
    assert.ok(Math.abs(held - 190) <= 12, `${held} of 200`);
  });

  it('one value has no interval, equal ones none to speak of', () => {
    assert.deepEqual(estimateMean([0.5]), { n: 1, mean: 0.5 });
    assert.deepEqual(estimateMean([0.5, 0.5, 0.5]), { n: 3, mean: 0.5, interval: { low: 0.5, high: 0.5 } });
  });
});

describe('signed-rank test', () => {
  it('gives what SciPy 1.17 gives: exact, and by the normal distribution with ties', () => {
    const nine = [0.426, 0.168, 0.94, 0.405, -0.236, 0.662, 1.604, 1.247, -0.404];
    const twenty = [
      ...[-0.765, -0.123, 0.541, -1.825, 0.281, -0.746, -0.232, -0.044, 0.184, 0.912],
      ...[1.543, 0.371, 1.866, -0.165, 0.852, 1.403, 0.594, -0.243, -0.422, 0.042],
    ];
    assertClose([signedRankTest(nine), signedRankTest(twenty)], [0.0390625, 0.3299827575683594], 1e-9);
    const tied = Array.from({ length: 120 }, (_, i) => (((i * 37) % 23) - 9) / 4);
    const smooth = Array.from({ length: 120 }, (_, i) => Math.sin(i * i) + 0.2);
    assertClose([signedRankTest(tied), signedRankTest(smooth)], [0.002892365586620779, 0.0028310516531770994], 1e-6);
  });

  it('with ties counts every choice of signs', () => {
    // Ranks 2, 2, 2, 4.5, 4.5 and 6, of which the positive ones sum to 17: 14 of the 64 sums are as far from the middle.
    assert.equal(signedRankTest([1, -1, 2, 2, 3, -1, 0]), 14 / 64);
  });

  it('is 1 where nothing differs, and does not mind which is which', () => {
    assert.equal(signedRankTest([0, 0]), 1);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 70 }), (differences) => {
        const p = signedRankTest(differences);
        assert.ok(p >= 0 && p <= 1);
        assertClose([signedRankTest(differences.map((d) => -d))], [p], 1e-9);
      }),
    );
  });
});

describe('paired comparison', () => {
  it('tells the mean difference, its interval and on how many images each is larger', () => {
    const b = [0.1, 0.5, 0.3, 0.9];
    const { difference, larger, smaller, p } = comparePaired([0.3, 0.7, 0.3, 0.8], b);
    assertClose([difference.mean], [0.075], 1e-9);
    assert.ok(difference.interval!.low < 0.075 && difference.interval!.high > 0.075);
    assert.deepEqual([larger, smaller], [2, 1]);
    assert.ok(p > 0.2);
  });

  it('corrects for the number of comparisons as Holm does', () => {
    assertClose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02], 1e-12);
    assertClose(holm([0.9, 0.6]), [1, 1]);
  });
});
