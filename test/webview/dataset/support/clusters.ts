/** Made-up clusters of the made-up dataset: of each class two, of some three, of which one looks at a corner. */
import {
  borderText,
  elsewhereText,
  hiddenText,
  movedText,
  pastedText,
  type Reach,
  risesText,
} from '../../../../src/core/clusters/words';
import type { ClusteredBy, ClusterInfo, ClusterSet, Scatter } from '../../../../src/protocol/clusters';
import type { ClustersSummary, StoredMap } from '../../../../src/protocol/dataset';
import { classOf, isFailed, isWrong, labelOf, mapOf, noise, predictedOf, type Setup } from './data';

/** Of the class automobile, and of the class cat a little less. */
export const isMarkedClass = (index: number): boolean => index === 1 || index === 3;

/** At most so many items are looked at, so that large datasets don't take long. */
const MOST = 1_000_000;

export function membersOf(setup: Setup, by: ClusteredBy, index: number): readonly number[] {
  const found: number[] = [];
  const end = Math.min(setup.done ?? setup.items, MOST);
  for (let item = 0; item < end; item++) {
    if (isFailed(item)) continue;
    if ((by === 'true' ? classOf(item, setup) : predictedOf(item, setup)) === index) found.push(item);
  }
  return found;
}

const NONE = 255;

/** The index of the item's cluster. One image in a hundred has a blank map. */
export function clusterOf(item: number, index: number): number {
  const x = noise(item, 8);
  if (x < 0.01) return NONE;
  if (isMarkedClass(index) && x > 0.8) return 2;
  return x < 0.5 ? 0 : 1;
}

export const setName = (by: ClusteredBy, index: number): string =>
  by === 'true' ? `true ${labelOf(index)}` : labelOf(index);

/** A hill in the lower right corner. */
const corner: StoredMap = {
  ...mapOf(0),
  values: Uint8Array.from({ length: 49 }, (_, i) =>
    Math.round(255 * Math.exp(-(((i % 7) - 5.6) ** 2 + (Math.floor(i / 7) - 5.6) ** 2) / 1.2)),
  ),
};

function pictureOf(index: number, k: number): NonNullable<ClusterInfo['image']> {
  const side = 32;
  const rgb = new Uint8Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    const isTag = k === 2 && x > 23 && y > 23;
    const object = Math.exp(-((x - 16) ** 2 + (y - 18) ** 2) / 90);
    rgb.set(isTag ? [240, 60, 200] : [90 + 12 * index + 60 * object, 120 + y * 2, 150 - 40 * object], 3 * i);
  }
  return { side, rgb, pictures: 200 };
}

const reach = (made: number): Reach => ({ images: 100, made, rate: made / 100, gain: made / 12 });

function suspicionOf(index: number, k: number): NonNullable<ClusterInfo['suspicion']> {
  const label = labelOf(index);
  const suspicious = isMarkedClass(index) && k === 2;
  const [own, others] = suspicious ? [index === 1 ? 94 : 71, 31] : [12 + k, 10];
  return {
    suspicious,
    score: suspicious ? (index === 1 ? 2.33 : 1.07) : 0.2 + 0.1 * k + 0.03 * (index % 7),
    reasons: [
      pastedText(label, reach(own), reach(others)),
      risesText(label, reach(own), reach(others)),
      elsewhereText(label, reach(others + 4), reach(others + 3)),
      movedText(suspicious ? 0.71 : 0.18),
      borderText(suspicious ? 0.64 : 0.22, 0.21),
    ],
    hidden: hiddenText(label, 46, 50),
  };
}

/** @param untested the model could not be run, so nothing is known of suspicion */
export function clusterSets(setup: Setup, by: ClusteredBy, outdated = false, untested = false): ClusterSet[] {
  const sets = Array.from({ length: setup.classes }, (_, index): ClusterSet => {
    const members = membersOf(setup, by, index);
    const parts = Array.from({ length: isMarkedClass(index) ? 3 : 2 }, (_, k) =>
      members.filter((item) => clusterOf(item, index) === k),
    );
    const name = setName(by, index);
    return {
      name,
      by,
      class: index,
      images: members.length,
      blank: members.filter((item) => clusterOf(item, index) === NONE).length,
      outdated: outdated && index < 2,
      clusters: parts.map((part, k) => ({
        name: `${name} ${k + 1}`,
        size: part.length,
        ...(!setup.unlabelled && {
          accuracy: part.filter((item) => !isWrong(item)).length / Math.max(part.length, 1),
        }),
        ...(!untested && { suspicion: suspicionOf(index, k) }),
        map: k === 2 ? corner : mapOf(10 * index + k),
        image: pictureOf(index, k),
        examples: part.slice(0, 8),
      })),
    };
  });
  const worst = ({ clusters }: ClusterSet) => Math.max(...clusters.map(({ suspicion }) => suspicion?.score ?? 0));
  return sets.filter(({ images }) => images >= 20).sort((a, b) => worst(b) - worst(a));
}

export const summaryOf = (sets: readonly ClusterSet[]): ClustersSummary => ({
  version: 1,
  sets: sets.length,
  suspicious: sets.flatMap(({ clusters }) =>
    clusters.flatMap(({ name, suspicion }) => (suspicion?.suspicious ? [name] : [])),
  ),
});

/** Where the clusters' middles are. */
const MIDDLES = [
  [0.3, 0.35],
  [0.7, 0.4],
  [0.55, 0.85],
] as const;

export function placeOf(item: number, index: number): readonly [number, number] {
  const k = clusterOf(item, index);
  const [x, y] = MIDDLES[k] ?? [0.05, 0.95];
  // The sum of three is nearly normal.
  const around = (salt: number) => noise(item, salt) + noise(item, salt + 1) + noise(item, salt + 2) - 1.5;
  const clamp = (value: number) => Math.min(Math.max(value, 0), 1);
  return [clamp(x + 0.15 * around(20)), clamp(y + 0.1 * around(30))];
}

/** The class of a set, and by what, from the set's name. */
export function setOf(setup: Setup, name: string): { readonly by: ClusteredBy; readonly index: number } {
  const by = name.startsWith('true ') ? 'true' : 'predicted';
  const index = Array.from({ length: setup.classes }, (_, i) => setName(by, i)).indexOf(name);
  if (index < 0) throw new Error(`There is no set of clusters ${name}.`);
  return { by, index };
}

export function scatterOf(setup: Setup, name: string): Scatter {
  const { by, index } = setOf(setup, name);
  const items = Uint32Array.from(membersOf(setup, by, index));
  const places = new Float32Array(2 * items.length);
  items.forEach((item, i) => {
    places.set(placeOf(item, index), 2 * i);
  });
  const correct = Uint8Array.from(items, (item) => (setup.unlabelled ? 2 : Number(!isWrong(item))));
  return { layout: 'umap', places, items, cluster: Uint8Array.from(items, (item) => clusterOf(item, index)), correct };
}

/** The rows of `cluster = "..."`, several joined by `or`, and of `lasso = "..."`; undefined for other conditions. */
export function clusterTest(text: string, setup: Setup): ((item: number) => boolean) | undefined {
  const [, kind, rest] = /^(cluster|lasso) = (.*)$/.exec(text) ?? [];
  if (kind === undefined || rest === undefined) return undefined;
  if (kind === 'cluster') {
    const names = text.split(' or ').map((part) => part.replace(/^cluster = "?|"$/g, ''));
    const tests = names.map((name) => {
      const set = name.slice(0, name.lastIndexOf(' '));
      const { by, index } = setOf(setup, set);
      const members = new Set(membersOf(setup, by, index));
      const k = Number(name.slice(name.lastIndexOf(' '))) - 1;
      return (item: number) => members.has(item) && clusterOf(item, index) === k;
    });
    return (item) => tests.some((test) => test(item));
  }
  const [, name = '', corners = ''] = /^"(.*): (.*)"$/.exec(rest) ?? [];
  const { by, index } = setOf(setup, name);
  const members = new Set(membersOf(setup, by, index));
  const polygon = corners.split(', ').map((corner) => corner.split(' ').map(Number) as [number, number]);
  return (item) => members.has(item) && isInside(placeOf(item, index), polygon);
}

function isInside([x, y]: readonly [number, number], polygon: readonly (readonly [number, number])[]): boolean {
  let inside = false;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length]!;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  });
  return inside;
}
