/** Clusters of one class's maps, by bisecting two-means; see docs/clusters.md for what else was tried. */
import { createRandom } from '../random';
import { meanShare, shareMoved } from './cells';
import { principal } from './pca';
import { type MapSet, type Points, pointsOf, squaredDistance } from './points';
import { type Split, splitInTwo } from './split';

export interface ClusterOptions {
  /** How much embeddings count beside maps: the length of an embedding's part of a point, a map's being 1. */
  readonly embeddingWeight: number;
  readonly seed: number;
  /** The most clusters. */
  readonly most: number;
  /** The fewest images of a cluster. */
  readonly smallest: number;
  /** From so many images on, the clusters are those of so many landmarks, and the others join the nearest. */
  readonly landmarks: number;
}

export const CLUSTER_DEFAULTS: ClusterOptions = {
  embeddingWeight: 1,
  seed: 0,
  most: 3,
  smallest: 5,
  landmarks: 10_000,
};

/** Components that are kept of the points; those behind them are noise of single cells and channels. */
export const COMPONENTS = 16;
/**
 * A further split has to be this distinct (`Split.separation`), and so much of the heat has to lie elsewhere in the two
 * parts' mean maps, or the parts are near-equal and stay one. The first split is made in any case: the parts of a class are
 * compared with each other.
 */
const DISTINCT = 3.3;
const MOVED = 0.2;

type Maps = Pick<MapSet, 'height' | 'width' | 'maps'>;

export interface Clusters {
  /** The images of each cluster by their positions, in their order; the largest cluster first. */
  readonly clusters: readonly (readonly number[])[];
  /** Images whose maps are blank, which are in no cluster. */
  readonly blank: readonly number[];
  /** What the clusters were made of: principal components, of all images, the first two for a picture. */
  readonly points: Points;
}

/** Yields after each step, so that the caller can stop or let others work. The same input gives the same clusters. */
export function* clustersOf(set: MapSet, options: ClusterOptions = CLUSTER_DEFAULTS): Generator<void, Clusters> {
  return yield* clustersAmong(yield* principal(pointsOf(set, options.embeddingWeight), COMPONENTS), set, options);
}

/** @param points principal components of the images, in their order */
export function* clustersAmong(
  points: Points,
  set: Maps,
  options: ClusterOptions = CLUSTER_DEFAULTS,
): Generator<void, Clusters> {
  const blank = set.maps.flatMap((map, n) => (isBlank(map) ? [n] : []));
  const shown = set.maps.flatMap((map, n) => (isBlank(map) ? [] : [n]));
  const random = createRandom(options.seed);
  const landmarks = shown.length > options.landmarks ? spread(shown, options.landmarks) : shown;
  const parts = yield* bisect(set, points, landmarks, options, random);
  const all = landmarks.length < shown.length ? yield* joined(points, shown, parts) : parts;
  const clusters = all.filter((part) => part.length > 0).map((part) => [...part].sort((a, b) => a - b));
  clusters.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  return { clusters, blank, points };
}

/** At most `count` of the members, those nearest to their centre, the nearest first; of equal ones the first. */
export function nearestToCentre({ data, dimensions }: Points, members: readonly number[], count: number): number[] {
  const centre = new Float64Array(dimensions);
  for (const m of members)
    for (let d = 0; d < dimensions; d++) centre[d]! += data[m * dimensions + d]! / members.length;
  const away = members.map((m) => ({ m, distance: squaredDistance(data, m, centre, 0, dimensions) }));
  return away
    .sort((a, b) => a.distance - b.distance || a.m - b.m)
    .slice(0, count)
    .map(({ m }) => m);
}

function isBlank(map: ArrayLike<number>): boolean {
  for (let i = 0; i < map.length; i++) if (map[i]! > 0) return false;
  return true;
}

function* bisect(
  set: Maps,
  points: Points,
  members: readonly number[],
  { most, smallest }: ClusterOptions,
  random: ReturnType<typeof createRandom>,
): Generator<void, readonly (readonly number[])[]> {
  if (members.length === 0) return [];
  const done: (readonly number[])[] = [];
  const open: (readonly number[])[] = [members];
  while (open.length > 0) {
    const part = open.shift()!;
    const isFirst = part === members;
    const split =
      part.length >= 2 * smallest && done.length + open.length + 1 < most && (yield* splitInTwo(points, part, random));
    if (!split) {
      done.push(part);
      continue;
    }
    const isLarge = split.parts.every(({ length }) => length >= smallest);
    const isKept = isLarge && (isFirst || (split.separation >= DISTINCT && moved(set, split) >= MOVED));
    if (isKept) open.push(...split.parts);
    else done.push(part);
  }
  return done;
}

function moved({ maps, height, width }: Maps, { parts }: Split): number {
  const [a, b] = parts.map((part) =>
    meanShare(
      part.map((m) => maps[m]!),
      height * width,
    ),
  );
  return shareMoved(a!, b!);
}

/** Every so-and-so-many-th, `count` of them. */
function spread(items: readonly number[], count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

/** All images, each in the part with the nearest centre. */
function* joined(
  { data, dimensions }: Points,
  shown: readonly number[],
  parts: readonly (readonly number[])[],
): Generator<void, readonly (readonly number[])[]> {
  const centres = new Float64Array(parts.length * dimensions);
  parts.forEach((part, k) => {
    for (const m of part)
      for (let d = 0; d < dimensions; d++) centres[k * dimensions + d]! += data[m * dimensions + d]! / part.length;
  });
  const all = parts.map((): number[] => []);
  for (let i = 0; i < shown.length; i++) {
    if (i % 10_000 === 0) yield;
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let k = 0; k < parts.length; k++) {
      const distance = squaredDistance(data, shown[i]!, centres, k, dimensions);
      if (distance < least) [nearest, least] = [k, distance];
    }
    all[nearest]!.push(shown[i]!);
  }
  return all;
}
