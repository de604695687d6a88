/** What the scores of one image say: its most probable classes, and how sure and how wrong the model is. */
import type { OutputInfo } from '../output';

/**
 * How the classes' probabilities depend on each other. `exclusive`: they sum to 1. `independent`: each is one of its
 * own. `scores`: they are no probabilities.
 */
export type Scale = 'exclusive' | 'independent' | 'scores';

export interface Prediction {
  /** In falling order; the first of equal ones comes first. */
  readonly top: readonly (readonly [index: number, p: number])[];
  /** See `Row` in `protocol/dataset`. */
  readonly loss?: number;
  readonly margin: number;
  readonly entropy?: number;
}

export function scaleOf({ link, activation }: Pick<OutputInfo, 'link' | 'activation'>): Scale {
  if (link !== 'identity') return link === 'log' ? 'exclusive' : 'independent';
  return SCALES[activation.value];
}

const SCALES = { softmax: 'exclusive', sigmoid: 'independent', none: 'scores' } as const;

/** The largest -log p, so that a loss is finite if p is 0; PyTorch's binary cross-entropy has the same limit. */
const MOST = 100;

const surprise = (p: number) => Math.min(MOST, -Math.log(Math.max(p, 0)));
/** p log p is 0 at p = 0. */
const entropyTerm = (p: number) => (p > 0 ? -p * Math.log(p) : 0);

interface Formulas {
  readonly loss: (p: Float32Array, truth: readonly number[]) => number;
  readonly entropy: (p: Float32Array) => number;
}

const mean = (p: Float32Array, term: (p: number, index: number) => number) =>
  p.reduce((sum, value, index) => sum + term(value, index), 0) / p.length;

const FORMULAS: Readonly<Record<Exclude<Scale, 'scores'>, Formulas>> = {
  exclusive: {
    loss: (p, truth) => Math.min(...truth.map((index) => surprise(p[index]!))),
    entropy: (p) => p.reduce((sum, value) => sum + entropyTerm(value), 0),
  },
  independent: {
    loss: (p, truth) => mean(p, (value, index) => surprise(truth.includes(index) ? value : 1 - value)),
    entropy: (p) => mean(p, (value) => entropyTerm(value) + entropyTerm(1 - value)),
  },
};

/**
 * @param p of every class
 * @param truth the classes that are right; without one there is no loss
 * @param count how many classes to list
 */
export function predictionOf(p: Float32Array, scale: Scale, truth: readonly number[], count: number): Prediction {
  const best = mostProbable(p, Math.max(count, 2));
  const formulas = scale === 'scores' ? undefined : FORMULAS[scale];
  return {
    top: best.slice(0, count).map((index) => [index, p[index]!] as const),
    ...(formulas && truth.length > 0 && { loss: formulas.loss(p, truth) }),
    // A model with one class has no second one.
    margin: p[best[0]!]! - (p[best[1] ?? -1] ?? 0),
    ...(formulas && { entropy: formulas.entropy(p) }),
  };
}

/** Indices of the `count` largest values, in falling order. A few are found faster by insertion than by sorting all. */
export function mostProbable(p: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let index = 0; index < p.length; index++) {
    if (best.length === count && !(p[index]! > p[best[count - 1]!]!)) continue;
    let place = best.length;
    while (place > 0 && p[index]! > p[best[place - 1]!]!) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}
