/** Whether scores are right, and what they should be. */
import type { OutputInfo } from '../output';

/**
 * `one`: an image has one class, the most probable one is the answer. `many`: each class is a question of its own, and an
 * answer is right if all of them are.
 */
export type Answers = 'one' | 'many';

export interface Kind {
  readonly activation: 'softmax' | 'sigmoid';
  readonly answers: Answers;
  readonly classes: number;
  /** The number of logits of an image: one for each class, or a single one that stands for two classes. */
  readonly rows: number;
}

/** @returns undefined if the scores have no loss */
export function kindOf(
  { link, activation, classes }: Pick<OutputInfo, 'link' | 'activation' | 'classes'>,
  rows: number,
): Kind | undefined {
  const own = link === 'identity' ? activation.value : link === 'log' ? 'softmax' : 'sigmoid';
  if (own === 'none') return undefined;
  return { activation: own, answers: own === 'sigmoid' && rows === classes ? 'many' : 'one', classes, rows };
}

/** [n, classes]: with softmax the share of each class that is right, with sigmoid 1 or 0. */
export function labelsOf(truths: readonly (readonly number[])[], { activation, classes }: Kind): Float32Array {
  const labels = new Float32Array(truths.length * classes);
  truths.forEach((truth, i) => {
    for (const index of truth) labels[i * classes + index] = activation === 'softmax' ? 1 / truth.length : 1;
  });
  return labels;
}

/** @param p of every class */
export function isRight(p: ArrayLike<number>, truth: readonly number[], { answers }: Pick<Kind, 'answers'>): boolean {
  if (answers === 'many') return Array.from(p).every((value, index) => value > 0.5 === truth.includes(index));
  let best = 0;
  for (let index = 1; index < p.length; index++) if (p[index]! > p[best]!) best = index;
  return truth.includes(best);
}

/** p of every class of one image, from its logits. */
export function probabilitiesFrom(logits: ArrayLike<number>, { activation, rows, classes }: Kind): Float32Array {
  if (activation === 'sigmoid') {
    const p = Float32Array.from(logits, (z) => 1 / (1 + Math.exp(-z)));
    return rows === classes ? p : Float32Array.of(1 - p[0]!, p[0]!);
  }
  let most = Number.NEGATIVE_INFINITY;
  for (let r = 0; r < rows; r++) most = Math.max(most, logits[r]!);
  const powers = Float64Array.from(logits, (z) => Math.exp(z - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / sum);
}
