/** When 8 bits suit a model. */
import assert from 'node:assert/strict';
import { verdictOf } from '../../../src/engine/sessions/trial';

const run = (scores: readonly number[], milliseconds: number) => ({ scores, milliseconds });

describe('the trial of 8 bits', () => {
  const scores = [0.1, 0.5, 0.3, 0.9];

  it('suits where they are faster and rank the masks alike', () => {
    const { suits, reason } = verdictOf([
      [run(scores, 50), run(scores, 900)],
      [run([0.2, 0.4], 10), run([0.21, 0.4], 5)],
    ]);
    assert.ok(suits);
    // The first chunk's time does not count.
    assert.match(reason, /0\.50 of the time.* by 1\.00/);
  });

  it('does not where they are not faster', () => {
    assert.match(verdictOf([[run(scores, 10), run(scores, 9)]]).reason, /not faster/);
    assert.ok(!verdictOf([[run(scores, 10), run(scores, 9)]]).suits);
  });

  it('does not where they rank the masks otherwise', () => {
    const { suits, reason } = verdictOf([[run(scores, 10), run([0.3, 0.2, 0.9, 0.5], 2)]]);
    assert.ok(!suits);
    assert.match(reason, /not faithful/);
  });

  it('does not where nothing can be compared', () => {
    assert.match(verdictOf([[run([1, 1], 10), run([1, 1], 2)]]).reason, /all masks have the same score/);
  });
});
