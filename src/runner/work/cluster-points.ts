/** What is known of the images of a class as points, read from the run file a few at a time. */
import { CLUSTER_DEFAULTS, type Clusters, COMPONENTS, clustersAmong } from '../../core/clusters/clusters';
import { componentsOf, FITTED, projectInto } from '../../core/clusters/pca';
import { type Points, pointsOf } from '../../core/clusters/points';
import { evenly } from '../../core/clusters/suspicion';
import type { StoredMap, VersionId } from '../../protocol/dataset';
import type { ClusterStore, Stored } from '../store/clusters/form';

/** Lets others work, and stops. */
export type Pause = () => Promise<void>;

/** Maps of one size, [height, width] each; of an image without such a map all 0. */
export interface ClassMaps {
  readonly height: number;
  readonly width: number;
  readonly maps: readonly Float32Array[];
  /** By image: share of the map's heat in the object's box. */
  readonly energies: readonly (number | undefined)[];
}

export interface ClassPoints extends ClassMaps {
  readonly points: Points;
}

/** Numbers of points that are projected at once, a few milliseconds. */
const CHUNK = 200_000;

/** Runs a computation in steps. */
export async function through<T>(steps: Generator<void, T>, pause: Pause): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}

/** ReLU of a stored map. */
export function heatOf({ lo, hi, values, offset }: StoredMap, into: Float32Array): void {
  const step = (hi - lo) / 255;
  for (let i = 0; i < values.length; i++) into[i] = Math.max(lo + values[i]! * step - offset, 0);
}

function embeddingOf({ embedding }: Stored, length: number): Float32Array {
  if (!embedding || embedding.data.length !== length) return new Float32Array(length);
  const { lo, hi, data } = embedding;
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = lo + (data[i]! / 255) * (hi - lo);
  return values;
}

/**
 * The principal components of the images' points. The components are those of some images, spread evenly; the others'
 * points are made a few at a time and only projected, so that memory grows by a map and 16 numbers for each image and not
 * by its embedding.
 *
 * @returns undefined if no image has a map
 */
export async function pointsOfClass(
  store: ClusterStore,
  version: VersionId,
  items: Uint32Array,
  pause: Pause,
): Promise<ClassPoints | undefined> {
  const fitted = await sampled(store, version, items, pause);
  if (!fitted) return undefined;
  const { height, width, length, points: sample } = fitted;
  const cells = height * width;
  const components = await through(componentsOf(sample, COMPONENTS), pause);
  const dimensions = components.vectors.length;
  const heat = new Float32Array(items.length * cells);
  const maps = Array.from(items, (_, n) => heat.subarray(n * cells, (n + 1) * cells));
  const energies: (number | undefined)[] = [];
  const data = new Float32Array(items.length * dimensions);
  const chunk = Math.max(1, Math.floor(CHUNK / sample.dimensions));
  for (let from = 0; from < items.length; from += chunk) {
    const embeddings: Float32Array[] = [];
    for (let n = from; n < Math.min(from + chunk, items.length); n++) {
      const stored = store.stored(version, items[n]!);
      const { map, energy } = stored;
      if (map?.height === height && map.width === width) heatOf(map, maps[n]!);
      energies.push(energy);
      embeddings.push(embeddingOf(stored, length));
    }
    const some = { height, width, maps: maps.slice(from, from + chunk), embeddings };
    projectInto(components, pointsOf(some, CLUSTER_DEFAULTS.embeddingWeight), data, from);
    await pause();
  }
  return { height, width, maps, energies, points: { count: items.length, dimensions, data } };
}

async function sampled(store: ClusterStore, version: VersionId, items: Uint32Array, pause: Pause) {
  const all: Stored[] = [];
  for (const item of evenly([...items], FITTED)) {
    all.push(store.stored(version, item));
    await pause();
  }
  const sizes = new Map<string, number>();
  for (const { map } of all)
    if (map) sizes.set(`${map.height} ${map.width}`, (sizes.get(`${map.height} ${map.width}`) ?? 0) + 1);
  // Networks of any input size give maps of several sizes; those of the most frequent one are compared.
  const [size] = [...sizes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (!size) return undefined;
  const [height, width] = size[0].split(' ').map(Number) as [number, number];
  const length = Math.max(...all.map(({ embedding }) => embedding?.data.length ?? 0));
  const [maps, embeddings]: [Float32Array[], Float32Array[]] = [[], []];
  for (const stored of all) {
    const heat = new Float32Array(height * width);
    if (stored.map?.height === height && stored.map.width === width) heatOf(stored.map, heat);
    maps.push(heat);
    embeddings.push(embeddingOf(stored, length));
    await pause();
  }
  return {
    height,
    width,
    length,
    points: pointsOf({ height, width, maps, embeddings }, CLUSTER_DEFAULTS.embeddingWeight),
  };
}

export const clustersIn = ({ points, ...maps }: ClassPoints, pause: Pause): Promise<Clusters> =>
  through(clustersAmong(points, maps, CLUSTER_DEFAULTS), pause);

/** Mean over the classes of their mean maps, as shares of heat; of each class that has enough images. */
export interface EveryMean {
  of(height: number, width: number): Float64Array;
}

export async function everyMean(
  store: ClusterStore,
  version: VersionId,
  fewest: number,
  signal: AbortSignal,
): Promise<EveryMean> {
  const sums = new Map<string, Map<number, { count: number; readonly sum: Float64Array }>>();
  let heat = new Float32Array(0);
  await store.eachMap(version, signal, (map, predicted) => {
    const cells = map.values.length;
    if (heat.length !== cells) heat = new Float32Array(cells);
    heatOf(map, heat);
    let total = 0;
    for (let i = 0; i < cells; i++) total += heat[i]!;
    if (total === 0) return;
    const key = `${map.height} ${map.width}`;
    const bySize = sums.get(key) ?? new Map();
    sums.set(key, bySize);
    const found = bySize.get(predicted) ?? { count: 0, sum: new Float64Array(cells) };
    bySize.set(predicted, found);
    found.count++;
    for (let i = 0; i < cells; i++) found.sum[i]! += heat[i]! / total;
  });
  return {
    of(height, width) {
      const classes = [...(sums.get(`${height} ${width}`)?.values() ?? [])].filter(({ count }) => count >= fewest);
      return Float64Array.from({ length: height * width }, (_, i) =>
        classes.reduce((mean, { count, sum }) => mean + sum[i]! / count / classes.length, 0),
      );
    },
  };
}
