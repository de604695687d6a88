/** A picture of points on a plane, by UMAP (McInnes, Healy and Melville 2018, arXiv 1802.03426). */
import { UMAP } from 'umap-js';
import { createRandom } from '../random';
import { coordinatesOf, firstTwo } from './places';
import { type Points, squaredDistance } from './points';

/** Images that UMAP places; the others are put where their nearest one is. The library takes 70 KiB for each. */
const PLACED = 10_000;
const NEIGHBOURS = 15;
/** The library's own number for many points; it would make more for few, which changes little. */
const EPOCHS = 200;
/** Distances that are computed in one step, some milliseconds. */
const STEP = 500_000;

/**
 * Places [count, 2], the same each time. Yields after each step, so that the caller can stop. Before the first, the
 * principal components are a picture that is there at once: `firstTwo` of `places.ts`.
 */
export function* umapOf(points: Points, seed: number, placed = PLACED): Generator<void, Float32Array> {
  const { count } = points;
  const landmarks = Uint32Array.from({ length: Math.min(count, placed) }, (_, i) =>
    Math.floor((i * count) / Math.min(count, placed)),
  );
  // UMAP needs some neighbours to say anything.
  if (landmarks.length <= 3) return firstTwo(points);
  const size = Math.min(NEIGHBOURS, landmarks.length - 1);
  const { indices, distances } = yield* neighbours(points, landmarks, size);
  const umap = new UMAP({ nNeighbors: size, nEpochs: EPOCHS, random: createRandom(seed).uniform });
  umap.setPrecomputedKNN(indices, distances);
  const epochs = umap.initializeFit(Array.from(landmarks, (n) => [...coordinatesOf(points, n)]));
  for (let epoch = 0; epoch < epochs; epoch++) {
    yield;
    umap.step();
  }
  const embedding = umap.getEmbedding();
  const places = new Float32Array(count * 2);
  landmarks.forEach((n, i) => {
    places.set(embedding[i]!, n * 2);
  });
  if (landmarks.length === count) return places;
  const isPlaced = new Set(landmarks);
  const step = Math.ceil(STEP / landmarks.length);
  for (let n = 0; n < count; n++) {
    if (n % step === 0) yield;
    if (!isPlaced.has(n)) places.set(embedding[nearest(points, n, landmarks)]!, n * 2);
  }
  return places;
}

/** Position among the landmarks. */
function nearest({ data, dimensions }: Points, n: number, landmarks: Uint32Array): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < landmarks.length; i++) {
    const distance = squaredDistance(data, n, data, landmarks[i]!, dimensions);
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/** Of each landmark the nearest ones among them, itself first, as umap-js wants them. */
function* neighbours({ data, dimensions }: Points, landmarks: Uint32Array, size: number) {
  const indices: number[][] = [];
  const distances: number[][] = [];
  const step = Math.ceil(STEP / landmarks.length);
  for (let i = 0; i < landmarks.length; i++) {
    if (i % step === 0) yield;
    const found: number[] = [i];
    const squares: number[] = [0];
    for (let j = 0; j < landmarks.length; j++) {
      if (j === i) continue;
      const square = squaredDistance(data, landmarks[i]!, data, landmarks[j]!, dimensions);
      if (found.length === size && square >= squares[size - 1]!) continue;
      let at = found.length === size ? size - 1 : found.length;
      // The point itself stays first, even where others are equal to it.
      for (; at > 1 && squares[at - 1]! > square; at--) {
        squares[at] = squares[at - 1]!;
        found[at] = found[at - 1]!;
      }
      squares[at] = square;
      found[at] = j;
    }
    indices.push(found);
    distances.push(squares.map(Math.sqrt));
  }
  return { indices, distances };
}
