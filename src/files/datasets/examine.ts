/** Looks at the files of a dataset's images: their sizes and times, and which of them Group-CAM has drawn. */
import { stat } from 'node:fs/promises';
import { reasonOf } from '../../core/errors';
import { isExport } from '../mark';
import { kindOf } from '../open';
import { type DraftItem, leftOut } from './draft';
import { inParallel } from './in-parallel';

export interface Examined {
  readonly item: DraftItem;
  readonly bytes: number;
  readonly mtime: number;
}

/** How many images are looked at between two reports. */
const REPORT_EVERY = 1000;

/**
 * Looks at each file. Those that are not there, are no files, or were drawn by Group-CAM are left out and counted.
 *
 * @param pathOf the name of a file in notes
 * @param listed called now and then with the number of images that were looked at, and at the end
 * @throws cancelled
 */
export async function examine(
  items: readonly DraftItem[],
  pathOf: (file: string) => string,
  listed?: (images: number) => void,
  signal?: AbortSignal,
): Promise<{ readonly items: readonly Examined[]; readonly notes: readonly string[] }> {
  const found: (Examined | undefined)[] = new Array(items.length);
  const missing: number[] = [];
  const wrong: (readonly [index: number, why: string])[] = [];
  const drawn: number[] = [];
  let done = 0;

  async function look(index: number): Promise<void> {
    const item = items[index]!;
    const info = await stat(item.file).catch((thrown: unknown) => {
      if (isGone(thrown)) missing.push(index);
      else wrong.push([index, reasonOf(thrown)]);
      return undefined;
    });
    if (info && !info.isFile()) wrong.push([index, kindOf(info)]);
    else if (info && (await isExport(item.file))) drawn.push(index);
    else if (info) found[index] = { item, bytes: info.size, mtime: Math.trunc(info.mtimeMs) };
    done += 1;
    if (done % REPORT_EVERY === 0) listed?.(done);
  }

  await inParallel(items.length, look, signal);
  if (done % REPORT_EVERY !== 0 || done === 0) listed?.(done);
  const names = (indices: number[]) => indices.sort((a, b) => a - b).map((index) => pathOf(items[index]!.file));
  return {
    items: found.filter((one) => one !== undefined),
    notes: [
      ...leftOut(names(missing), 'image that is not there was', 'images that are not there were'),
      ...leftOut(
        wrong.sort((a, b) => a[0] - b[0]).map(([index, why]) => `${pathOf(items[index]!.file)} (${why})`),
        "image that can't be read was",
        "images that can't be read were",
      ),
      ...leftOut(names(drawn), 'picture that Group-CAM has drawn was', 'pictures that Group-CAM has drawn were'),
    ],
  };
}

const GONE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

const isGone = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && GONE.has(thrown.code);
