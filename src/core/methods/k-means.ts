/** Lloyd's algorithm (IEEE Trans. Inf. Theory 28, 1982) from k-means++ centres (Arthur and Vassilvitskii, SODA 2007). */
import type { Random } from '../random';

const ITERATIONS = 300;

/**
 * Assigns each point to the nearest of `k` centres, and repeats until no point changes its centre. A centre may end up
 * without points, so there are fewer groups if points are equal.
 *
 * @param points [count, dimensions]
 */
export function kMeans(points: Float32Array, count: number, k: number, random: Random): Uint32Array {
  const dimensions = points.length / count;
  const at = (i: number) => points.subarray(i * dimensions, (i + 1) * dimensions);
  const centres = spread(at, count, k, random);
  let labels = new Uint32Array();
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = Uint32Array.from({ length: count }, (_, i) => nearest(at(i), centres));
    if (iteration > 0 && next.every((label, i) => label === labels[i])) break;
    labels = next;
    moveToMeans(centres, labels, at);
  }
  return labels;
}

/**
 * The initial centres: each is a point drawn with a probability proportional to its squared distance from the centres
 * before.
 */
function spread(at: (i: number) => Float32Array, count: number, k: number, random: Random): Float64Array[] {
  const centres = [Float64Array.from(at(random.below(count)))];
  const distances = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  while (centres.length < k) {
    for (let i = 0; i < count; i++) distances[i] = Math.min(distances[i]!, distance(at(i), centres.at(-1)!));
    const total = distances.reduce((sum, d) => sum + d, 0);
    // There are fewer different points than centres.
    if (total === 0) break;
    centres.push(Float64Array.from(at(draw(distances, random.uniform() * total))));
  }
  return centres;
}

/** The first index at which the running sum of the weights exceeds `drawn`. */
function draw(chances: Float64Array, drawn: number): number {
  let sum = 0;
  return chances.findIndex((chance) => {
    sum += chance;
    return sum > drawn;
  });
}

function nearest(point: Float32Array, centres: readonly Float64Array[]): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  centres.forEach((centre, c) => {
    const d = distance(point, centre);
    if (d < least) [best, least] = [c, d];
  });
  return best;
}

function moveToMeans(centres: readonly Float64Array[], labels: Uint32Array, at: (i: number) => Float32Array): void {
  centres.forEach((centre, c) => {
    const members = [...labels.keys()].filter((i) => labels[i] === c).map(at);
    if (members.length > 0)
      for (let d = 0; d < centre.length; d++)
        centre[d] = members.reduce((sum, point) => sum + point[d]!, 0) / members.length;
  });
}

function distance(point: Float32Array, centre: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < centre.length; d++) sum += (point[d]! - centre[d]!) ** 2;
  return sum;
}
