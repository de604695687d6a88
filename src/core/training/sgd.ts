/** Stochastic gradient descent with momentum and weight decay, as PyTorch's `torch.optim.SGD`. */

export type Values = Float32Array | Float64Array;

export interface SgdOptions {
  readonly rate: number;
  readonly momentum: number;
  /** Of weights that decay; 0 for others. */
  readonly weightDecay: number;
}

/**
 * One step, in place: v = momentum v + (g + decay w), w = w - rate v.
 *
 * @param velocity v, zeros before the first step
 */
export function sgdStep(
  weights: Values,
  velocity: Values,
  gradient: ArrayLike<number>,
  { rate, momentum, weightDecay }: SgdOptions,
): void {
  for (let i = 0; i < weights.length; i++) {
    const v = momentum * velocity[i]! + (gradient[i]! + weightDecay * weights[i]!);
    velocity[i] = v;
    weights[i]! -= rate * v;
  }
}

/** Whether no value is NaN or infinite. */
export function areFinite(values: ArrayLike<number>): boolean {
  // 0 times a number that is not finite is NaN, which any sum keeps.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += 0 * values[i]!;
  return sum === 0;
}
