/** Reads the lines of a journal. Each line is validated, since a person may have edited the file. */
import type { FileHandle } from 'node:fs/promises';
import { errors, reasonOf } from '../../../core/errors';
import { METHODS } from '../../../core/methods/names';
import { isRecord } from '../../../core/model/json';
import { openRegular } from '../../../files/open';
import type { Entry, Settings } from './entry';

export const keyOf = ({ item, stamp, unit }: Pick<Entry, 'item' | 'stamp' | 'unit'>) =>
  JSON.stringify([item, stamp, unit]);

export type Line = { readonly settings: Settings } | { readonly entry: Entry };

/**
 * Yields the settings, then every entry, one by one, so that only one of them is in memory.
 *
 * @param end position in bytes after the last complete line; see `lastLineEnd`
 * @throws journal-invalid, naming the file and the line, if a line is not one that an evaluation writes, or occurs
 *   twice
 */
export async function* readLines(file: string, end: number): AsyncGenerator<Line> {
  if (end === 0) return;
  const first = new Map<string, number>();
  let number = 0;
  const handle = await openRegular(file);
  try {
    for await (const text of handle.readLines({ end: end - 1, autoClose: false })) {
      number += 1;
      const place = `${file}:${number}`;
      const line = number === 1 ? settingsIn(text, place) : { entry: entryIn(text, place) };
      if ('entry' in line) {
        const { item, unit } = line.entry;
        const key = keyOf(line.entry);
        const before = first.get(key);
        if (before !== undefined) throw errors.journalInvalid(place, `${unit} of ${item} is in line ${before} already`);
        first.set(key, number);
      }
      yield line;
    }
  } finally {
    await handle.close();
  }
}

function settingsIn(text: string, place: string): { settings: Settings } {
  const line = parse(text, place);
  if (!isRecord(line) || !isRecord(line['settings'])) throw errors.journalInvalid(place, 'it has no "settings"');
  return { settings: line['settings'] };
}

function entryIn(text: string, place: string): Entry {
  const line = parse(text, place);
  if (!isRecord(line)) throw errors.journalInvalid(place, 'it is no object');
  const wrong = Object.entries(FIELDS).find(([field, check]) => !check(line[field]));
  if (wrong) throw errors.journalInvalid(place, `"${wrong[0]}" is missing or not as it was written`);
  return line as unknown as Entry;
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw errors.journalInvalid(place, reasonOf(thrown));
  }
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => Number.isFinite(value);
const isNumbers: Check = (value) => Array.isArray(value) && value.every(isNumber);
const each =
  (check: Check): Check =>
  (value) =>
    isRecord(value) && Object.values(value).every(check);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

const isCurve: Check = (value) => {
  if (!isRecord(value)) return false;
  const { fractions, probabilities } = value;
  return isNumbers(fractions) && isNumbers(probabilities) && sameLength(fractions, probabilities);
};
const sameLength = (a: unknown, b: unknown) => (a as unknown[]).length === (b as unknown[]).length;

const isMap = shape({
  map: isText,
  blank: (value) => typeof value === 'boolean',
  scores: each(isNumber),
  curves: each(isCurve),
});
const isFailure = shape({ error: isText });
const isFinding = shape({
  class: shape({ class: isNumber, label: isText, probability: isNumber }),
  maps: (value) => Array.isArray(value) && value.every(isMap),
});

const UNITS: ReadonlySet<unknown> = new Set([...METHODS, 'baselines']);
const FIELDS: { readonly [F in keyof Entry]: Check } = {
  item: isText,
  stamp: isText,
  unit: (value) => UNITS.has(value),
  found: (value) => isFailure(value) || isFinding(value),
};

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
