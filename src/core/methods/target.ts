/**
 * What a target means in numbers. The contrastive one is Finer-CAM's (arXiv 2501.11309): the class's logit
 * less `weight` times the mean logit of others.
 */
import type { Scores, Target } from './network';

/** The vector s over the classes with s . y = y_c, or y_c - weight * mean(y_d) with a contrast. */
export function seedOf(target: Target, classes: number): Float32Array {
  const seed = new Float32Array(classes);
  seed[target.class] = 1;
  if (target.contrast) {
    const { classes: others, weight } = target.contrast;
    for (const other of others) seed[other]! -= weight / others.length;
  }
  return seed;
}

/** s . y: what the gradients of `seedOf` are gradients of. */
export function logitOf(target: Target, { logits }: Pick<Scores, 'logits'>): number {
  return seedOf(target, logits.length).reduce((sum, s, c) => sum + s * logits[c]!, 0);
}

/**
 * What score-based methods rate an image by: the probability of the class; with a contrast the difference of logits,
 * which for one other class and weight 1 is ln(p_c / p_d) and stays apart where the probabilities are near 0 or 1.
 */
export function scoreOf(target: Target, scores: Scores): number {
  return target.contrast ? logitOf(target, scores) : scores.probabilities[target.class]!;
}
