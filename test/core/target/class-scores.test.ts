import { strict as assert } from 'node:assert';
import { CLASSES, type ClassChoice, classTarget, seedOf } from '../../../src/core/target/class-scores';

const LABELS = ['ant', 'bee', 'cat', 'dog'];
const OUTPUTS = {
  [CLASSES.logits]: Float32Array.of(1, 2, 4, 8),
  [CLASSES.probabilities]: Float32Array.of(0.5, 0.25, 0.125, 0.125),
};
const DIFFERENCE: ClassChoice = { class: 1, contrast: { classes: [0, 3], weight: 0.5 } };

describe('targets of classes', () => {
  it('the seed of a contrast spreads its weight over the other classes', () => {
    assert.deepEqual([...seedOf(classTarget(LABELS, { class: 1 }))!], [0, 1, 0, 0]);
    assert.deepEqual([...seedOf(classTarget(LABELS, DIFFERENCE))!], [-0.25, 1, 0, -0.25]);
  });

  it('a class is rated by its probability, a contrast by the difference of logits that is differentiated', () => {
    const [plain, contrast] = [classTarget(LABELS, { class: 1 }), classTarget(LABELS, DIFFERENCE)];
    assert.deepEqual([plain.value(OUTPUTS), plain.score(OUTPUTS), plain.startsAtZero], [2, 0.25, true]);
    const difference = 2 - 0.5 * ((1 + 8) / 2);
    assert.deepEqual(
      [contrast.value(OUTPUTS), contrast.score(OUTPUTS), contrast.startsAtZero],
      [difference, difference, false],
    );
  });
});
