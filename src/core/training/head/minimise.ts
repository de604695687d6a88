/** L-BFGS (Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", Math. Programming 45, 1989). */

export interface Point {
  readonly at: Float64Array;
  readonly value: number;
}

export type Objective = (at: Float64Array) => { readonly value: number; readonly gradient: Float64Array };

/** Pairs of steps and gradients' changes that are kept. */
const MEMORY = 10;
/** The part of the expected decrease with which a step is content (Armijo). */
const SUFFICIENT = 1e-4;
const HALVINGS = 30;

/**
 * Yields the start, then a better point after each step, and ends where the gradient's largest element is at most `tolerance`, or where no
 * step lowers the value any more.
 */
export function* minimise(objective: Objective, start: Float64Array, tolerance: number): Generator<Point, void> {
  let at = start.slice();
  let { value, gradient } = objective(at);
  const pairs: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  yield { at, value };
  while (largest(gradient) > tolerance) {
    const direction = directionOf(gradient, pairs);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs.length = 0;
      gradient.forEach((g, i) => {
        direction[i] = -g;
      });
      slope = -dot(gradient, gradient);
    }
    // Without curvature, the first step has length 1 at most.
    let length = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    let next = moved(at, direction, length);
    let found = objective(next);
    for (let i = 0; i < HALVINGS && !(found.value <= value + SUFFICIENT * length * slope); i++) {
      length /= 2;
      next = moved(at, direction, length);
      found = objective(next);
    }
    if (!(found.value < value)) return;
    const s = next.map((x, i) => x - at[i]!);
    const y = found.gradient.map((g, i) => g - gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > MEMORY) pairs.shift();
    at = next;
    ({ value, gradient } = found);
    yield { at, value };
  }
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const moved = (at: Float64Array, direction: Float64Array, length: number) =>
  at.map((x, i) => x + length * direction[i]!);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** - H g by the two-loop recursion. */
function directionOf(
  gradient: Float64Array,
  pairs: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas = new Array<number>(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    const alpha = rho * dot(s, q);
    alphas[k] = alpha;
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  pairs.forEach(({ s, y, rho }, k) => {
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i]! += (alphas[k]! - beta) * s[i]!;
  });
  return q;
}
