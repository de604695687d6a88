/** Images of a plan as lines of JSON. Pure. */
import path from 'node:path';
import * as v from 'valibot';
import { fields, finite, readJson } from '../../core/schema';
import type { ListedItem } from '../../files/datasets/listed';
import { ANNOTATED } from '../store/file/tables';
import type { StoredItem } from '../store/form';

const whole = v.pipe(v.number(), v.safeInteger('a whole number'), v.minValue(0, 'a whole number from 0'));

const LINE = fields({
  path: v.string(),
  bytes: whole,
  mtime: finite,
  /** Indices into the dataset's categories. */
  categories: v.array(whole),
  split: v.exactOptional(v.string()),
  objects: v.exactOptional(v.omit(ANNOTATED.pipe[1], ['file'])),
});

/** An image of a plan. */
export interface PlannedItem extends Omit<StoredItem, 'id' | 'hash'> {
  /** From 0, in the order of paths. */
  readonly position: number;
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly split?: string;
}

/** Why an image can't be a part of a plan: other machines look for it below their own root. */
export function whyOutside(name: string): string | undefined {
  if (name.includes('\0')) return 'its path has a character that no path has';
  const isInside = name !== '' && !path.posix.isAbsolute(name) && !path.win32.isAbsolute(name);
  if (!isInside || name.split('/').includes('..')) return 'it lies outside of the folder of the dataset';
  return undefined;
}

/** @param indexOf of a category @returns with its line end */
export function lineOf(item: ListedItem, indexOf: (category: string) => number): string {
  const { path: name, bytes, mtime, categories, split, annotated } = item;
  const line: v.InferOutput<typeof LINE> = {
    path: name,
    bytes,
    mtime,
    categories: categories.map(indexOf),
    ...(split !== undefined && { split }),
    ...(annotated && { objects: objectsOf(annotated) }),
  };
  return `${JSON.stringify(line)}\n`;
}

const objectsOf = ({ size, regions }: NonNullable<ListedItem['annotated']>) => ({
  size,
  regions: regions.map(({ category, box, outline }) => ({
    category,
    box,
    ...(outline && { outline: 'runs' in outline ? { runs: [...outline.runs] } : { polygons: polygonsOf(outline) } }),
  })),
});
const polygonsOf = ({ polygons }: { readonly polygons: readonly (readonly { x: number; y: number }[])[] }) =>
  polygons.map((points) => points.map(({ x, y }) => ({ x, y })));

/**
 * @param root of the images on this machine
 * @returns the images of some lines, or what is wrong with them
 */
export function itemsOf(
  text: string,
  first: number,
  root: string,
  categories: number,
): { readonly items: readonly PlannedItem[] } | { readonly flaw: string } {
  const items: PlannedItem[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const position = first + items.length;
    const found = readJson(LINE, line);
    if ('flaw' in found) return { flaw: `image ${position}: ${found.flaw.line}` };
    const { objects, ...item } = found.value;
    const outside = whyOutside(item.path);
    if (outside !== undefined) return { flaw: `image ${position}: ${outside}` };
    if (item.categories.some((category) => category >= categories))
      return { flaw: `image ${position}: a category that is not in the plan` };
    const file = path.join(root, item.path);
    items.push({ ...item, position, file, ...(objects && { annotated: annotatedOf(file, objects) }) });
  }
  return { items };
}

type Objects = NonNullable<v.InferOutput<typeof LINE>['objects']>;

const annotatedOf = (file: string, { size, regions }: Objects) => ({
  file,
  size,
  regions: regions.map(({ outline, ...region }) => ({ ...region, ...(outline && { outline }) })),
});
