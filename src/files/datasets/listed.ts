/** A dataset as its files say it is, before anything is computed. */
import path from 'node:path';
import type { AnnotatedImage } from '../../core/annotations/annotations';
import { datasetErrors } from '../../core/dataset-errors';
import { sample } from '../sample';
import type { Draft, DraftItem, DraftOptions } from './draft';
import { drawnNote } from './drawn';
import { examine } from './examine';
import { inSteps, sortedInSteps } from './in-steps';
import { type ListOf, listOf } from './list-of';
import { readSource } from './sources';

export interface ListedItem {
  /**
   * Relative to the root, with slashes; absolute if it lies far from the root. Items are in the order of paths (by code
   * units).
   */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Modification time in milliseconds. */
  readonly mtime: number;
  /** What the dataset says it shows: names of `ListedDataset.categories`; none if it says nothing. */
  readonly categories: readonly string[];
  readonly split?: string;
  readonly annotated?: AnnotatedImage;
}

export interface ListedDataset {
  readonly source: string;
  /** Absolute. */
  readonly root: string;
  readonly items: ListOf<ListedItem>;
  /** Names of all classes of the dataset, including those without an item. */
  readonly categories: readonly string[];
  readonly splits: readonly string[];
  /** What had to be assumed and what was left out, in sentences. */
  readonly notes: readonly string[];
  /** Only so many items were wanted. */
  readonly limit?: number;
}

export interface ListOptions extends DraftOptions {
  /** Only so many items, drawn at random; the same ones for the same dataset. */
  readonly limit?: number;
  /** Paths of the items that were drawn before; they are drawn again, before others. */
  readonly drawn?: ReadonlySet<string>;
  /** Called now and then with the number of images that were looked at. */
  readonly listed?: (images: number) => void;
}

const SEED = 0;
const NONE: ReadonlySet<string> = new Set();
/** How many folders up a path may start before it is shown as an absolute one. */
const MOST_UP = 3;

/**
 * Lists the images of a dataset, each once, with what is known of it.
 *
 * @param source a folder of images, of YOLO's or Pascal VOC's annotations, or a file: COCO's .json, YOLO's data.yaml, a
 *   list as .csv, .tsv, .jsonl or .txt
 * @throws dataset-invalid, annotations-invalid, list-invalid, cancelled; the message names the file with the line or
 *   entry, and says what to do
 */
export async function listDataset(source: string, options: ListOptions = {}): Promise<ListedDataset> {
  const { labels, limit, drawn: before = NONE, listed, signal } = options;
  const draft = await readSource(path.resolve(source), { ...(labels && { labels }), ...(signal && { signal }) });
  const merged = draft.isUnique ? draft.items : await mergedByFile(draft.items, signal);
  const pathOf = pathsFrom(draft.root);
  const { kept, bytes, mtimes, notes } = await examine(merged, pathOf, listed, signal);
  if (kept.length === 0) throw datasetErrors.datasetInvalid(source, whyEmpty(draft, notes));
  const order = await inOrder(kept, (index) => pathOf(merged.at(index)!.file), signal);
  const itemsOf = (indices: ArrayLike<number>): ListOf<ListedItem> =>
    listOf(indices.length, (i) => {
      const index = indices[i]!;
      const item = merged.at(index)!;
      return { path: pathOf(item.file), ...item, bytes: bytes[index]!, mtime: mtimes[index]! };
    });
  const items = itemsOf(order);
  const wasDrawn = (index: number) => before.size > 0 && before.has(pathOf(merged.at(index)!.file));
  const drawn = limit === undefined ? items : itemsOf(sample([...order], limit, SEED, wasDrawn));
  return {
    source,
    root: draft.root,
    items: drawn,
    categories: draft.categories,
    splits: splitsOf(items),
    notes: [
      ...draft.notes,
      ...notes,
      ...(drawn.length < items.length ? [drawnNote(drawn.length, items.length)] : []),
      ...(drawn.length < items.length ? goneNotes(drawn, before) : []),
    ],
    ...(limit !== undefined && { limit }),
  };
}

/** Says that not all images that were drawn before could be drawn again. */
function goneNotes(drawn: Iterable<ListedItem>, before: ReadonlySet<string>): readonly string[] {
  if (before.size === 0) return [];
  let [again, others] = [0, 0];
  for (const item of drawn) {
    if (before.has(item.path)) again += 1;
    else others += 1;
  }
  const gone = before.size - again;
  if (gone === 0 || others === 0) return [];
  const are = gone === 1 ? 'image that was drawn before is' : 'images that were drawn before are';
  return [`${gone} ${are} gone; others were drawn.`];
}

/** The same indices in the order of their paths, by code units. @throws cancelled */
async function inOrder(
  indices: Uint32Array,
  pathOf: (index: number) => string,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  let [isSorted, last] = [true, ''];
  const look = (index: number) => {
    const own = pathOf(index);
    isSorted &&= last <= own;
    last = own;
  };
  await inSteps(indices, look, signal);
  if (isSorted) return indices;
  const paths: string[] = [];
  await inSteps(indices, (index) => paths.push(pathOf(index)), signal);
  const byPath = (a: number, b: number) => (paths[a]! < paths[b]! ? -1 : Number(paths[a]! > paths[b]!));
  const places = await sortedInSteps([...indices.keys()], byPath, signal);
  return Uint32Array.from(places, (place) => indices[place]!);
}

/** One item for each file, with all that any of its entries says. */
async function mergedByFile(items: ListOf<DraftItem>, signal?: AbortSignal): Promise<ListOf<DraftItem>> {
  const byFile = new Map<string, DraftItem>();
  const add = (item: DraftItem) => {
    const before = byFile.get(item.file);
    byFile.set(item.file, before ? merged(before, item) : item);
  };
  await inSteps(items, add, signal);
  return byFile.size === items.length ? items : [...byFile.values()];
}

function merged(first: DraftItem, second: DraftItem): DraftItem {
  const split = first.split ?? second.split;
  const annotated = mergedAnnotations(first.annotated, second.annotated);
  return {
    file: first.file,
    categories: [...new Set([...first.categories, ...second.categories])],
    ...(split !== undefined && { split }),
    ...(annotated && { annotated }),
  };
}

function mergedAnnotations(first?: AnnotatedImage, second?: AnnotatedImage): AnnotatedImage | undefined {
  if (!first || !second) return first ?? second;
  return { ...first, regions: [...first.regions, ...second.regions] };
}

/** Names files from the root; a file far outside keeps its absolute path, which is easier to read. */
function pathsFrom(root: string): (file: string) => string {
  const inside = root.endsWith(path.sep) ? root : `${root}${path.sep}`;
  const slashed = path.sep === '/' ? (name: string) => name : (name: string) => name.split(path.sep).join('/');
  const far = `${'../'.repeat(MOST_UP)}../`;
  return (file) => {
    if (file.startsWith(inside)) return slashed(file.slice(inside.length));
    const name = slashed(path.relative(root, file));
    return name.startsWith(far) ? slashed(file) : name;
  };
}

function splitsOf(items: Iterable<ListedItem>): string[] {
  const splits = new Set<string>();
  for (const { split } of items) if (split !== undefined) splits.add(split);
  return [...splits].sort();
}

function whyEmpty({ items, notes }: Draft, found: readonly string[]): string {
  const why = [...notes, ...found].map((note) => note.replace(/\.$/, ''));
  const what = items.length === 0 ? 'no image was found in it' : 'none of the images that it names can be listed';
  return [what, ...why].join('; ');
}
