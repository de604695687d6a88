/** Reads data from outside by a schema. If the data does not match, the error is one line. */
import * as v from 'valibot';
import { reasonOf } from './errors';

/** The first mismatch between the data and the schema. */
export interface Flaw {
  /** Where it is, what must be there and what was found, such as `input.width: must be a number, found "224"`. */
  readonly line: string;
  /** What must be there, as the schema says it. */
  readonly wanted: string;
  /** The objects and lists that contain it, from the outermost to the innermost. */
  readonly within: readonly unknown[];
  /** Of text that is no JSON: how many of its characters could be read. */
  readonly position?: number;
}

type Schema<T> = v.GenericSchema<unknown, T>;

/** A schema for each field of `T`, the optional ones too: `fields` would leave out one without a schema. */
export type Form<T> = { readonly [Field in keyof T]-?: Schema<T[Field]> };

type Issue = v.BaseIssue<unknown>;

/** Returns the value, or the first mismatch. Keys that the schema does not name are left out of the value. */
export function read<T>(schema: Schema<T>, data: unknown): { readonly value: T } | { readonly flaw: Flaw } {
  const { success, output, issues } = v.safeParse(schema, data, { abortEarly: true, message: wantedBy });
  return success ? { value: output } : { flaw: flawOf(issues[0]) };
}

/** The same for JSON text. Text that is not JSON is a mismatch. */
export function readJson<T>(schema: Schema<T>, text: string): ReturnType<typeof read<T>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    const reason = reasonOf(thrown);
    // V8 tells a position but where the text ends too early.
    const position = Number(/position (\d+)/.exec(reason)?.[1] ?? text.length);
    return { flaw: { line: `not JSON: ${reason}`, wanted: 'JSON', within: [], position } };
  }
  return read(schema, json);
}

/** @throws what `fail` makes of the first flaw */
export function parse<T>(schema: Schema<T>, data: unknown, fail: (flaw: Flaw) => Error): T {
  const found = read(schema, data);
  if ('flaw' in found) throw fail(found.flaw);
  return found.value;
}

/** @throws what `fail` makes of the first flaw */
export function parseJson<T>(schema: Schema<T>, text: string, fail: (flaw: Flaw) => Error): T {
  const found = readJson(schema, text);
  if ('flaw' in found) throw fail(found.flaw);
  return found.value;
}

export type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const AN_OBJECT = 'an object';

/** An object with any keys. `v.object` would accept lists too. */
export const record = v.custom<Json>(isRecord, AN_OBJECT);

/**
 * An object with these keys; others are left out.
 *
 * @param wanted what is wanted in place of something that is no object
 */
export const fields = <const E extends v.ObjectEntries>(entries: E, wanted = AN_OBJECT) =>
  v.pipe(
    v.custom<Json>(isRecord, wanted),
    v.object(entries, (issue) => keyWanted(issue, entries)),
  );

/** An object with these keys and no others. */
export const onlyFields = <const E extends v.ObjectEntries>(entries: E) =>
  v.pipe(
    record,
    v.strictObject(entries, (issue) => keyWanted(issue, entries)),
  );

/** A number that is neither NaN nor infinite. */
export const finite = v.pipe(v.number(), v.finite('a number'));

const areFinite = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);

/** A list of at least one number, which may be long: it is not copied. */
export const numbers = v.custom<readonly number[]>(areFinite, 'a list of numbers');

/** A list of anything, which may be long: it is not copied. */
export const list = v.custom<readonly unknown[]>(Array.isArray, 'a list');

/** For files from other programs: a value that does not match the schema counts as absent. */
export const lenient = <T>(schema: Schema<T>) => v.fallback(v.optional(schema), undefined);

/** What each kind of schema expects, in words. A schema may have words of its own instead. */
const WANTED: Readonly<Record<string, string>> = {
  string: 'a text',
  non_empty: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
};

function wantedBy({ type, expected }: Issue): string {
  // valibot writes the expectation of a picklist as `("a" | "b")`.
  return WANTED[type] ?? (expected ?? 'another value').replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ' or ');
}

/** For a missing key, what its value must be. For an unknown key, the keys that are allowed. */
function keyWanted({ expected, path }: Issue, entries: v.ObjectEntries): string {
  if (expected === 'never') return `known are ${Object.keys(entries).join(', ')}`;
  const key = path?.[0]?.key;
  const schema = typeof key === 'string' ? entries[key] : undefined;
  return (schema && v.safeParse(schema, undefined, { message: wantedBy }).issues?.[0].message) ?? 'there';
}

function flawOf({ type, expected, message, input, path }: Issue): Flaw {
  const way: readonly v.IssuePathItem[] = path ?? [];
  const within = way.map((item) => item.input);
  const place = way.reduce((before, { key }) => placeOf(before, key), '');
  const flaw = (line: string): Flaw => ({ line, wanted: message, within });
  // A record's keys have flaws of their own.
  const isKey = way.at(-1)?.origin === 'key' && type.endsWith('object');
  if (isKey && expected === 'never') return flaw(`unknown key ${place}; ${message}`);
  if (isKey) return flaw(`${place}: is missing, must be ${message}`);
  return flaw(`${place && `${place}: `}must be ${message}, found ${shown(input)}`);
}

/** Appends a key or an index to the path of its container: `maps[2].scores`. */
function placeOf(before: string, key: unknown): string {
  if (typeof key === 'number') return `${before}[${key}]`;
  return before === '' ? String(key) : `${before}.${String(key)}`;
}

/** A short form of a value for messages. */
function shown(value: unknown): string {
  return String(typeof value === 'number' ? value : JSON.stringify(value)).slice(0, 60);
}
