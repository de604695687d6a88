/** A small dataset with made up rows, and the same as plain records, which tests compute from naively. */
import type { ListedDataset, ListedItem } from '../../../src/files/datasets/listed';
import type { Row } from '../../../src/protocol/dataset';
import type { NewRow, NewVersion, RunFile } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';

export const LABELS = ['cat', 'ice cream, icecream', 'dog', 'bird'];
export const CATEGORIES = ['cats', 'dog', 'ice', 'none'];
/** `cats` means two classes, and `none` none of them. */
export const CLASSES = [[0, 3], [2], [1], []];

/** Numbers in [0, 1), the same for the same seed: a linear congruential generator (Numerical Recipes). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A dataset whose list of items is an array. */
export type ArrayDataset = ListedDataset & { readonly items: readonly ListedItem[] };

export function datasetOf(count: number, changes: Partial<ArrayDataset> = {}): ArrayDataset {
  const next = random(1);
  const items = Array.from({ length: count }, (_, i) => ({
    path: `${i % 3 === 0 ? 'train' : 'val'}/${String((i * 7919) % count).padStart(6, '0')}.png`,
    file: `/data/${i}.png`,
    bytes: 100 + i,
    mtime: 1000.5 + i,
    categories: CATEGORIES.filter(() => next() < 0.4),
    ...(i % 5 !== 0 && { split: i % 3 === 0 ? 'train' : 'val' }),
  })).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    source: '/data',
    root: '/data',
    items,
    categories: CATEGORIES,
    splits: ['train', 'val'],
    notes: ['A note.'],
    ...changes,
  };
}

export const VERSION: NewVersion = {
  name: 'net',
  model: '/models/net.onnx',
  labels: LABELS,
  activation: 'softmax',
  layer: 'relu5',
  classes: CLASSES,
  assumptions: ['An assumption.'],
  choice: { path: '/models/net.onnx' },
  inputSize: { width: 32, height: 32 },
  bytes: 10,
  hash: 'abc+def',
};

export const hashOf = (number: number): string => number.toString(16).padStart(64, '0');

/**
 * An answer for an item; every 11th fails, and every 7th has the bytes of an earlier one.
 *
 * @param salt another one gives other answers
 */
export function rowFor(item: number, categories: readonly number[], salt = 0): NewRow {
  const next = random(item + 7919 * salt);
  const hash = hashOf(item % 7 === 0 ? item - 3 : item);
  if ((item + salt) % 11 === 0)
    return { item, hash, error: { code: 'image-unreadable', message: `item ${item} is broken.` } };
  const scores = LABELS.map(() => next() ** 3);
  const sum = scores.reduce((a, b) => a + b, 0);
  const top = scores.map((score, i) => [i, score / sum] as const).sort((a, b) => b[1] - a[1]);
  const truth = new Set(categories.flatMap((category) => CLASSES[category]!));
  const values = Float32Array.from({ length: 12 }, () => next() * 4 - 1);
  const isBlank = (item + salt) % 13 === 0;
  const best = top.find(([index]) => truth.has(index));
  return {
    item,
    hash,
    ...(truth.size > 0 && { correct: truth.has(top[0]![0]) }),
    swept: {
      id: item,
      size: { width: 40 + (item % 5), height: 30 },
      transform: {
        scaleX: 1.25,
        scaleY: 0.9375,
        offsetX: -1,
        offsetY: 2.5,
        image: { width: 40 + (item % 5), height: 30 },
      },
      top: top.slice(0, 3),
      ...(best && { loss: -Math.log(best[1]) }),
      margin: Math.round((top[0]![1] - top[1]![1]) * 20) / 20,
      entropy: -top.reduce((all, [, p]) => all + p * Math.log(p), 0),
      embedding: Float32Array.from({ length: 5 }, next),
      map: { height: 3, width: 4, map: isBlank ? new Float32Array(12).fill(-1) : values, offset: 0.25, signed: false },
      measures: isBlank
        ? {}
        : {
            maximum: [next(), next()],
            border: next(),
            spread: next(),
            ...(item % 2 === 0 && { energy: next(), hit: next() < 0.5 }),
          },
      ...(isBlank && { blank: 'nothing speaks for it' }),
      thumbnail: Uint8Array.of(item & 255, item >> 8),
    },
  };
}

/** Opens or makes a run file with `count` items, of which all but `left` are computed. */
export async function made(file: string, count: number, left = 0, thumbnails?: string): Promise<RunFile> {
  const run = await openRunFile(file, { create: true, ...(thumbnails !== undefined && { thumbnails }) });
  run.setDataset(datasetOf(count));
  const version = run.addVersion(VERSION);
  const todo = run.waiting(version, count - left);
  for (let from = 0; from < todo.length; from += 100)
    run.commitRows(
      version,
      todo.slice(from, from + 100).map(({ id, categories }) => rowFor(id, categories)),
    );
  return run;
}

/** Adds a version with other answers for all but the last `left` items. */
export function madeAgain(run: RunFile, salt: number, left = 0, changes: Partial<NewVersion> = {}): number {
  const version = run.addVersion({ ...VERSION, name: `net@${salt + 1}`, hash: `abc${salt}+def`, ...changes });
  const todo = run.waiting(version, run.info().items - left);
  run.commitRows(
    version,
    todo.map(({ id, categories }) => rowFor(id, categories, salt)),
  );
  return version;
}

export const SIGNAL = { aborted: false };
export const NO_EVENTS = { signal: SIGNAL, emit: () => {} };

/** All rows of a query, in its order. */
export async function rowsOf(run: RunFile, query: string, version = 1): Promise<readonly Row[]> {
  const { list, count } = await run.list({ version, query, first: 0 }, NO_EVENTS);
  return run.rows({ version, list, from: 0, count }, NO_EVENTS);
}
