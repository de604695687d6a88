/** Principal components by subspace iteration (Halko, Martinsson and Tropp, SIAM Review 53, 2011, section 4.5). */
import { createRandom } from '../random';
import type { Points } from './points';

const ITERATIONS = 12;
const SEED = 1;
/** So many points, evenly spread, say where the components are; with 16 of these, more would move them by little. */
export const FITTED = 2_000;
/** Products of one step, some milliseconds. */
const STEP = 4_000_000;

/** The frame of principal components: points minus the mean, along each vector. */
export interface Components {
  /** The mean along each vector. */
  readonly offsets: Float64Array;
  /** Orthonormal, in falling order of variance; those without any are 0. */
  readonly vectors: readonly Float64Array[];
}

/**
 * The points projected on their `wanted` principal components, or on as many as they have dimensions.
 *
 * Yields after each step, so that the caller can stop.
 */
export function* principal(points: Points, wanted: number): Generator<void, Points> {
  const components = yield* componentsOf(sample(points, FITTED), wanted);
  const { count, dimensions, data } = points;
  const rank = components.vectors.length;
  const projected = new Float32Array(count * rank);
  const step = Math.max(1, Math.floor(STEP / (dimensions * rank)));
  for (let n = 0; n < count; n += step) {
    yield;
    const some = Math.min(step, count - n);
    const part = data.subarray(n * dimensions, (n + some) * dimensions);
    projectInto(components, { count: some, dimensions, data: part }, projected, n);
  }
  return { count, dimensions: rank, data: projected };
}

/** A component's sign is such that its largest entry is positive. Yields after each step. */
export function* componentsOf(points: Points, wanted: number): Generator<void, Components> {
  const { count, dimensions } = points;
  const rank = Math.min(wanted, dimensions, Math.max(count - 1, 1));
  const mean = new Float64Array(dimensions);
  for (let n = 0, at = 0; n < count; n++)
    for (let d = 0; d < dimensions; d++, at++) mean[d]! += points.data[at]! / count;
  const random = createRandom(SEED);
  let basis = orthonormal(Array.from({ length: rank }, () => Float64Array.from(mean, () => random.normal())));
  for (let i = 0; i < ITERATIONS; i++) basis = orthonormal(yield* covarianceTimes(points, mean, basis));
  const vectors = ritz(basis, yield* covarianceTimes(points, mean, basis));
  return { vectors, offsets: Float64Array.from(vectors, (vector) => dot(mean, vector)) };
}

/** Writes the coordinates of points to `into` [any, components], from point `from` on. */
export function projectInto({ vectors, offsets }: Components, points: Points, into: Float32Array, from: number): void {
  const { count, dimensions, data } = points;
  vectors.forEach((vector, k) => {
    for (let n = 0, at = 0; n < count; n++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++, at++) sum += data[at]! * vector[d]!;
      into[(from + n) * vectors.length + k] = sum - offsets[k]!;
    }
  });
}

/** At most `most` of the points, evenly spread. */
function sample(points: Points, most: number): Points {
  const { count, dimensions, data } = points;
  if (count <= most) return points;
  const some = new Float32Array(most * dimensions);
  for (let i = 0; i < most; i++) {
    const at = Math.floor((i * count) / most) * dimensions;
    some.set(data.subarray(at, at + dimensions), i * dimensions);
  }
  return { count: most, dimensions, data: some };
}

function* covarianceTimes({ count, dimensions, data }: Points, mean: Float64Array, basis: readonly Float64Array[]) {
  const step = Math.max(1, Math.floor(STEP / (2 * dimensions * basis.length)));
  const result = basis.map(() => new Float64Array(dimensions));
  const centred = new Float64Array(dimensions);
  for (let n = 0, at = 0; n < count; n++) {
    if (n % step === 0) yield;
    for (let d = 0; d < dimensions; d++, at++) centred[d] = data[at]! - mean[d]!;
    basis.forEach((vector, k) => {
      const along = dot(centred, vector) / count;
      const sum = result[k]!;
      for (let d = 0; d < dimensions; d++) sum[d]! += along * centred[d]!;
    });
  }
  return result;
}

/** The basis turned so that its vectors are eigenvectors within their span, in falling order (Rayleigh and Ritz). */
function ritz(basis: readonly Float64Array[], images: readonly Float64Array[]): Float64Array[] {
  const small = basis.map((a) => images.map((b) => dot(a, b)));
  const { values, vectors } = symmetricEigen(small);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  return order.map((k) => {
    const vector = new Float64Array(basis[0]!.length);
    basis.forEach((b, i) => {
      for (let d = 0; d < vector.length; d++) vector[d]! += vectors[i]![k]! * b[d]!;
    });
    const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    return largest < 0 ? vector.map((value) => -value) : vector;
  });
}

/** Jacobi's method by cyclic rotations (Golub and Van Loan, Matrix Computations, section 8.5). Columns of `vectors`. */
export function symmetricEigen(matrix: readonly (readonly number[])[]) {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p]![q]! ** 2;
    if (off < 1e-30) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  return { values: a.map((row, i) => row[i]!), vectors: v };
}

function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta ** 2 + 1));
  const c = 1 / Math.sqrt(t ** 2 + 1);
  const s = t * c;
  for (const row of [...a, ...v]) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[p]![k]!, a[q]![k]!];
    [a[p]![k], a[q]![k]] = [c * x - s * y, s * x + c * y];
  }
}

/** Gram and Schmidt, twice, which is enough for rounding. A vector that depends on those before becomes 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    const before = Math.sqrt(dot(vector, vector));
    for (let twice = 0; twice < 2; twice++) {
      for (const other of done) {
        const along = dot(rest, other);
        for (let d = 0; d < rest.length; d++) rest[d]! -= along * other[d]!;
      }
    }
    const length = Math.sqrt(dot(rest, rest));
    done.push(length > 1e-12 * before ? rest.map((value) => value / length) : rest.fill(0));
  }
  return done;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
