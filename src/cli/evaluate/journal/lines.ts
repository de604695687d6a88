/** Reads the lines of a journal. Each line is validated, since a person may have edited the file. */
import type { FileHandle } from 'node:fs/promises';
import { errors } from '../../../core/errors';
import { type Flaw, parseJson } from '../../../core/schema';
import { openRegular } from '../../../files/open';
import type { Entry, Settings } from './entry';
import { entryForm, SETTINGS_LINE } from './form';

export const keyOf = ({ item, stamp, unit }: Pick<Entry, 'item' | 'stamp' | 'unit'>) =>
  JSON.stringify([item, stamp, unit]);

export type Line = { readonly settings: Settings } | { readonly entry: Entry };

/**
 * Yields the settings, then every entry, one by one, so that only one of them is in memory.
 *
 * @param end position in bytes after the last complete line; see `lastLineEnd`
 * @param probabilities whether the network's answers are probabilities, as in `entryForm`
 * @throws journal-invalid, naming the file and the line, if a line is not one that an evaluation writes, or occurs
 *   twice
 */
export async function* readLines(file: string, end: number, probabilities: boolean): AsyncGenerator<Line> {
  if (end === 0) return;
  const form = entryForm(probabilities);
  const first = new Map<string, number>();
  const points = new Map<string, readonly number[]>();
  let number = 0;
  const handle = await openRegular(file);
  try {
    for await (const text of handle.readLines({ end: end - 1, autoClose: false })) {
      number += 1;
      const place = `${file}:${number}`;
      const fail = ({ line }: Flaw) => errors.journalInvalid(place, line);
      if (number === 1) {
        yield parseJson(SETTINGS_LINE, text, fail);
        continue;
      }
      const entry = parseJson(form, text, fail);
      const key = keyOf(entry);
      const before = first.get(key);
      if (before !== undefined)
        throw errors.journalInvalid(place, `${entry.unit} of ${entry.item} is in line ${before} already`);
      first.set(key, number);
      checkPoints(entry, points, place);
      yield { entry };
    }
  } finally {
    await handle.close();
  }
}

/**
 * The curves of one metric go through the same points on all images, since they are added up.
 *
 * @param points those of each metric's first curve
 * @throws journal-invalid
 */
function checkPoints({ found }: Entry, points: Map<string, readonly number[]>, place: string): void {
  if ('error' in found) return;
  for (const { curves } of found.maps)
    for (const [metric, { fractions }] of Object.entries(curves)) {
      const known = points.get(metric) ?? fractions;
      points.set(metric, known);
      if (fractions.length !== known.length || fractions.some((share, i) => share !== known[i]))
        throw errors.journalInvalid(place, `the curve of ${metric} goes through other points than the ones before`);
    }
}

const CHUNK = 65_536;

const BEGINNING = '{"settings":';

/**
 * The position in bytes after the last complete line. The text after it was truncated.
 *
 * @throws journal-invalid if the file is something else
 */
export async function lastLineEnd(handle: FileHandle, file: string): Promise<number> {
  let { size: end } = await handle.stat();
  const buffer = Buffer.alloc(CHUNK);
  while (end > 0) {
    const length = Math.min(CHUNK, end);
    await handle.read(buffer, 0, length, end - length);
    const newline = buffer.subarray(0, length).lastIndexOf('\n');
    if (newline >= 0) return end - length + newline + 1;
    end -= length;
  }
  const { bytesRead } = await handle.read(buffer, 0, BEGINNING.length, 0);
  if (!BEGINNING.startsWith(buffer.toString('utf8', 0, bytesRead)))
    throw errors.journalInvalid(`${file}:1`, 'it has no "settings"');
  return 0;
}
