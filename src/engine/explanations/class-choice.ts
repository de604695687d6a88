/** Which class an explanation explains. */
import { errors } from '../../core/errors';
import { findClass } from '../../core/model/classes/labels';
import { classTarget } from '../../core/target/class-scores';
import type { Target } from '../../core/target/target';
import type { ExplainParams } from '../../protocol/requests';

/** Classes by their indices. */
export interface ClassQuestion {
  /** The classes among which the target is the most probable one; undefined if it may be any class. */
  readonly candidates: readonly number[] | undefined;
  /** The classes that the evidence is to be against. */
  readonly others: readonly number[];
  readonly contrastWeight: number;
}

/** @throws unknown-class, ambiguous-class; before an image is read, so that a wrong name costs no pass */
export function classQuestion(
  labels: readonly string[],
  { target, contrast = [], contrastWeight = 1 }: Pick<ExplainParams, 'target' | 'contrast' | 'contrastWeight'>,
): ClassQuestion {
  const others = contrast.map((other) => findClass(labels, other));
  return { candidates: candidatesOf(labels, target), others, contrastWeight };
}

function candidatesOf(labels: readonly string[], target: ExplainParams['target']): readonly number[] | undefined {
  if (target === 'top') return undefined;
  return 'among' in target ? target.among.map((index) => findClass(labels, { index })) : [findClass(labels, target)];
}

/**
 * The class that is explained and what is explained of it.
 *
 * @param probabilities p of every class on the image
 * @throws bad-option if the class is one of those that the evidence is to be against
 */
export function chooseClass(
  labels: readonly string[],
  { candidates, others, contrastWeight: weight }: ClassQuestion,
  probabilities: Float32Array,
): { readonly index: number; readonly target: Target } {
  const index = mostProbable(probabilities, candidates);
  if (others.includes(index)) throw errors.badOption('contrast', index, 'another class than the one explained');
  const contrast = others.length > 0 && { contrast: { classes: others, weight } };
  return { index, target: classTarget(labels, { class: index, ...contrast }) };
}

function mostProbable(probabilities: Float32Array, candidates: readonly number[] | undefined): number {
  if (!candidates) return topClasses(probabilities, 1)[0]!;
  return candidates.reduce((best, index) => (probabilities[index]! > probabilities[best]! ? index : best));
}

/** Indices of the `count` most probable classes, in order. */
export function topClasses(probabilities: Float32Array, count: number): number[] {
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  return order.slice(0, count);
}
