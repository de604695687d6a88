/**
 * Targets in numbers. The contrastive target is Finer-CAM's (arXiv 2501.11309): the class's logit minus `weight` times
 * the mean logit of the others.
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

/** s . y, the scalar whose gradient `seedOf` selects. */
export function logitOf(target: Target, { logits }: Pick<Scores, 'logits'>): number {
  return seedOf(target, logits.length).reduce((sum, s, c) => sum + s * logits[c]!, 0);
}

/**
 * The score of an image for score-based methods: the probability of the class or, with a contrast, the difference of
 * logits. For one other class and weight 1 this is ln(p_c / p_d), which keeps its resolution if the probabilities are
 * near 0 or 1.
 */
export function scoreOf(target: Target, scores: Scores): number {
  return target.contrast ? logitOf(target, scores) : scores.probabilities[target.class]!;
}
