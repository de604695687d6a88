/** A made-up dataset of any size: what is known of each item follows from its number. */
import type {
  AtlasEntry,
  ClassesInfo,
  Histogram,
  Row,
  RunInfo,
  SavedView,
  StoredMap,
  TagInfo,
} from '../../../../src/protocol/dataset';
import type { RepairInfo } from '../../../../src/protocol/training';

export interface Setup {
  readonly items: number;
  readonly classes: number;
  /** Items from this one on are not computed yet. */
  readonly done?: number;
  /** No item has a class. */
  readonly unlabelled?: boolean;
  /** No class means one of the model. */
  readonly unmapped?: boolean;
  readonly info?: Partial<RunInfo>;
  /** How many models there are; 1 unless said. See `versions.ts`. */
  readonly versions?: number;
  /** The versions' shifts are known of so many items; none unless said. */
  readonly shifted?: number;
  /** The item that was walked to while the page was hidden. */
  readonly walked?: number;
  /** Milliseconds until an answer; 0 unless said. */
  readonly delay?: number;
  /** Whether clusters are found; `untested` where the model could not be run. */
  readonly clusters?: 'found' | 'outdated' | 'untested';
  readonly repairs?: readonly RepairInfo[];
  /** Why the runner refuses a repair. */
  readonly refuses?: string;
  /** Why a new model can't be written to the file that is proposed. */
  readonly outputFault?: string;
  /** Width and height of the thumbnails. */
  readonly side?: number;
}

/** A number from 0 to 1 that follows from two whole numbers. */
export function noise(i: number, salt: number): number {
  let x = (i + 1) * 0x9e3779b1 + salt * 0x85ebca6b;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

export const isWrong = (item: number) => noise(item, 1) < 0.1;
export const isFailed = (item: number) => item % 997 === 996;
export const classOf = (item: number, { classes }: Setup) => item % classes;
export const predictedOf = (item: number, setup: Setup) =>
  isWrong(item) ? (classOf(item, setup) + 1 + Math.floor(noise(item, 2) * 3)) % setup.classes : classOf(item, setup);
export const probabilityOf = (item: number) =>
  isWrong(item) ? 0.35 + 0.5 * noise(item, 3) : 0.5 + 0.5 * noise(item, 3);
export const lossOf = (item: number) => (isWrong(item) ? 1.5 + 4 * noise(item, 4) : -Math.log(probabilityOf(item)));

export const labelOf = (index: number) =>
  ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'ice cream'][index] ??
  `class ${index}`;

/** @param isWrongNow whether it is wrong under the version that is asked about */
export function rowOf(item: number, setup: Setup, tags: readonly string[], isWrongNow = isWrong(item)): Row {
  const c = classOf(item, setup);
  const base = {
    item,
    path: `${labelOf(c)}/image-${String(item).padStart(7, '0')}.png`,
    categories: setup.unlabelled ? [] : [c],
    tags,
  };
  if (item >= (setup.done ?? setup.items)) return { ...base, state: 'waiting' };
  if (isFailed(item)) return { ...base, state: 'failed', error: `${base.path}: not a readable image (truncated).` };
  const p = probabilityOf(item);
  const predicted = predictedOf(item, setup);
  return {
    ...base,
    size: { width: 32, height: 32 },
    state: 'done',
    top: [
      [predicted, p],
      [(predicted + 1) % setup.classes, (1 - p) * 0.7],
    ],
    ...(!setup.unlabelled && { loss: lossOf(item), correct: !isWrongNow }),
    margin: p - (1 - p) * 0.7,
    entropy: 2 * (1 - p),
    map: { method: 'grad-cam', layer: 'layer4', class: predicted, maximum: [0.5, 0.5], border: noise(item, 5) },
  };
}

/** A hill on 7 x 7 cells. */
export function mapOf(item: number): StoredMap {
  const [cx, cy] = [1 + 5 * noise(item, 6), 1 + 5 * noise(item, 7)];
  const values = Uint8Array.from({ length: 49 }, (_, i) =>
    Math.round(255 * Math.exp(-((((i % 7) - cx) ** 2 + (Math.floor(i / 7) - cy) ** 2) / 3))),
  );
  return { height: 7, width: 7, lo: 0, hi: 2, values, offset: 0.2, signed: false };
}

export function infoOf(setup: Setup, tags: readonly TagInfo[], views: readonly SavedView[]): RunInfo {
  const labels = Array.from({ length: setup.classes }, (_, i) => labelOf(i));
  const done = setup.done ?? setup.items;
  return {
    run: '/data/cifar10.groupcam',
    source: '/data/cifar10',
    root: '/data/cifar10',
    items: setup.items,
    categories: setup.unlabelled ? [] : labels,
    splits: [],
    notes: [],
    versions: [
      {
        id: 1,
        name: 'resnet20',
        model: '/models/resnet20.onnx',
        labels,
        activation: 'softmax',
        layer: 'layer4',
        classes: labels.map((_, i) => (setup.unmapped ? [] : [i])),
        assumptions: ['RGB, 0 to 1 (the model does not say)'],
        added: 0,
        pinned: false,
        done: done - Math.floor(done / 997),
        failed: Math.floor(done / 997),
      },
    ],
    tags,
    views,
    clusters: [],
    ...setup.info,
  };
}

const MEASURED = ['p', 'loss', 'margin', 'entropy', 'border', 'spread', 'energy', 'agreement'] as const;

export function histogramsOf(setup: Setup, items: readonly number[], bins: number): Histogram[] {
  const ofRow: Readonly<Record<string, (item: number) => number>> = {
    p: probabilityOf,
    loss: lossOf,
    border: (item) => noise(item, 5),
  };
  const known = MEASURED.filter((name) => name in ofRow);
  return known.map((name) => {
    const [lo, hi] = [0, name === 'loss' ? 6 : 1];
    const count = (all: Iterable<number>) => {
      const counts = new Uint32Array(bins);
      for (const item of all) {
        const bin = Math.min(Math.floor(((ofRow[name]!(item) - lo) / (hi - lo)) * bins), bins - 1);
        counts[bin] = counts[bin]! + 1;
      }
      return counts;
    };
    const sample = Array.from({ length: Math.min(setup.items, 5_000) }, (_, i) => i);
    return { name, lo, hi, counts: count(items.slice(0, 5_000)), all: count(sample), unknown: 0 };
  });
}

export function classesOf(setup: Setup): ClassesInfo {
  const { classes } = setup;
  const sample = Math.min(setup.done ?? setup.items, 20_000);
  const counts = new Uint32Array((classes + 1) * classes);
  if (!setup.unlabelled) {
    for (let item = 0; item < sample; item++) {
      const at = classOf(item, setup) * classes + predictedOf(item, setup);
      counts[at] = counts[at]! + 1;
    }
  }
  const of = (row: number, column: number) => counts[row * classes + column]!;
  const all = Array.from({ length: classes }, (_, i) => i);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const categories = all.map((category) => {
    const count = sum(all.map((column) => of(category, column)));
    const predicted = sum(all.map((row) => of(row, category)));
    const correct = of(category, category);
    return {
      category,
      count,
      predicted,
      correct,
      ...(count && { recall: correct / count }),
      ...(predicted && { precision: correct / predicted }),
    };
  });
  const rows = sum(categories.map(({ count }) => count));
  const bins = Array.from({ length: 10 }, (_, i) => ({
    count: i < 3 ? 0 : 100 * i,
    confidence: i < 3 ? 0 : (i + 0.5) / 10,
    accuracy: i < 3 ? 0 : Math.min((i + 0.2) / 10, 1),
  }));
  return {
    rows,
    judged: rows,
    ...(rows > 0 && { accuracy: sum(categories.map(({ correct }) => correct)) / rows }),
    categories: setup.unlabelled ? [] : categories,
    confusion: { columns: all, counts },
    calibration: { bins, ...(rows > 0 && { ece: 0.03 }) },
  };
}

export function atlasOf(by: 'true' | 'predicted', index: number): AtlasEntry {
  const side = 16;
  const rgb = Uint8Array.from({ length: 3 * side * side }, (_, i) => (i * 7 + 40 * index) % 256);
  return { by, index, count: 100 + index, map: mapOf(index), image: { side, rgb, pictures: 100 } };
}
