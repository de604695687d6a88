/** What scores say, in closed forms. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { mostProbable, predictionOf, scaleOf } from '../../../src/core/measures/prediction';

const close = (actual: number | undefined, expected: number) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= 1e-6, `${actual} for ${expected}`);
const p = (...values: number[]) => Float32Array.from(values);

describe('predictions', () => {
  it('exclusive classes: -log p of the true class, entropy in nats, the lead over the second', () => {
    const { top, loss, margin, entropy } = predictionOf(p(0.25, 0.5, 0.125, 0.125), 'exclusive', [2], 3);
    assert.deepEqual(top, [
      [1, 0.5],
      [0, 0.25],
      [2, 0.125],
    ]);
    close(loss, 3 * Math.LN2);
    close(margin, 0.25);
    close(entropy, 1.75 * Math.LN2);
  });

  it('of several true classes the most probable one counts', () => {
    close(predictionOf(p(0.25, 0.5, 0.25), 'exclusive', [0, 1], 1).loss, Math.LN2);
  });

  it('the entropy of n equal classes is log n, that of a certain one is 0', () => {
    close(predictionOf(new Float32Array(10).fill(0.1), 'exclusive', [], 1).entropy, Math.log(10));
    assert.equal(predictionOf(p(0, 1, 0), 'exclusive', [], 1).entropy, 0);
  });

  it('independent classes: the mean binary cross-entropy and the mean binary entropy', () => {
    const { loss, entropy, margin } = predictionOf(p(0.5, 0.75, 0.25), 'independent', [0, 1], 1);
    close(loss, -(Math.log(0.5) + Math.log(0.75) + Math.log(0.75)) / 3);
    const quarter = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
    close(entropy, (Math.LN2 + 2 * quarter) / 3);
    close(margin, 0.25);
  });

  it('a true class with probability 0 has the loss 100, as in PyTorch', () => {
    assert.equal(predictionOf(p(1, 0), 'exclusive', [1], 1).loss, 100);
    assert.equal(predictionOf(p(1, 0), 'independent', [1], 1).loss, 100);
  });

  it('there is no loss without a true class, and neither loss nor entropy of scores that are no probabilities', () => {
    assert.ok(!('loss' in predictionOf(p(0.5, 0.5), 'exclusive', [], 1)));
    assert.deepEqual(predictionOf(p(7, -2), 'scores', [0], 1), { top: [[0, 7]], margin: 9 });
  });

  it('a model with one class has no second one', () => {
    close(predictionOf(p(0.75), 'independent', [0], 5).margin, 0.75);
  });

  it('models that give probabilities are read by their link', () => {
    const activation = { value: 'none', origin: 'assumed' } as const;
    assert.equal(scaleOf({ link: 'log', activation }), 'exclusive');
    assert.equal(scaleOf({ link: 'logit', activation }), 'independent');
    assert.equal(scaleOf({ link: 'identity', activation }), 'scores');
    assert.equal(scaleOf({ link: 'identity', activation: { value: 'sigmoid', origin: 'graph' } }), 'independent');
    assert.equal(scaleOf({ link: 'identity', activation: { value: 'softmax', origin: 'graph' } }), 'exclusive');
  });

  it('the most probable classes are those of a stable sort', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 7 }),
        (v, n) => {
          const sorted = [...v.keys()].sort((a, b) => v[b]! - v[a]!).slice(0, n);
          assert.deepEqual(mostProbable(Float32Array.from(v), n), sorted);
        },
      ),
    );
  });
});
