/** Looks at the files of a dataset's images: their sizes and times, and which of them Group-CAM has drawn. */
import { stat } from 'node:fs/promises';
import { reasonOf } from '../../core/errors';
import { hasCode, isAbsent } from '../../core/system-errors';
import { isExport } from '../mark';
import { kindOf } from '../open';
import { type DraftItem, leftOut } from './draft';
import { inParallel } from './in-parallel';
import type { ListOf } from './list-of';

export interface Examined {
  /** Indices of the items that are images, in their order. */
  readonly kept: Uint32Array;
  /** Of each item, by its index: size in bytes, and modification time in milliseconds. */
  readonly bytes: Float64Array;
  readonly mtimes: Float64Array;
  /** What was left out, in sentences. */
  readonly notes: readonly string[];
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
  items: ListOf<DraftItem>,
  pathOf: (file: string) => string,
  listed?: (images: number) => void,
  signal?: AbortSignal,
): Promise<Examined> {
  const [bytes, mtimes] = [new Float64Array(items.length), new Float64Array(items.length)];
  const isKept = new Uint8Array(items.length);
  let count = 0;
  const missing: number[] = [];
  const wrong: (readonly [index: number, why: string])[] = [];
  const drawn: number[] = [];
  let done = 0;

  async function look(index: number): Promise<void> {
    const { file } = items.at(index)!;
    const info = await stat(file).catch((thrown: unknown) => {
      if (isGone(thrown)) missing.push(index);
      else wrong.push([index, reasonOf(thrown)]);
      return undefined;
    });
    if (info && !info.isFile()) wrong.push([index, kindOf(info)]);
    else if (info && (await isExport(file))) drawn.push(index);
    else if (info) {
      isKept[index] = 1;
      bytes[index] = info.size;
      mtimes[index] = Math.trunc(info.mtimeMs);
      count += 1;
    }
    done += 1;
    if (done % REPORT_EVERY === 0) listed?.(done);
  }

  await inParallel(items.length, look, signal);
  if (done % REPORT_EVERY !== 0 || done === 0) listed?.(done);
  const kept = new Uint32Array(count);
  for (let i = 0, at = 0; i < isKept.length; i++) if (isKept[i]) kept[at++] = i;
  const names = (indices: number[]) => indices.sort((a, b) => a - b).map((index) => pathOf(items.at(index)!.file));
  return {
    kept,
    bytes,
    mtimes,
    notes: [
      ...leftOut(names(missing), 'image that is not there was', 'images that are not there were'),
      ...leftOut(
        wrong.sort((a, b) => a[0] - b[0]).map(([index, why]) => `${pathOf(items.at(index)!.file)} (${why})`),
        "image that can't be read was",
        "images that can't be read were",
      ),
      ...leftOut(names(drawn), 'picture that Group-CAM has drawn was', 'pictures that Group-CAM has drawn were'),
    ],
  };
}

const isGone = (thrown: unknown): boolean => isAbsent(thrown) || hasCode(thrown, 'ENAMETOOLONG');
