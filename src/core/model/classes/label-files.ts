/** Reads the names of classes from files in the forms that people have them. */
import { parse as parseCsv } from 'csv-parse/sync';
import * as v from 'valibot';
import { reasonOf } from '../../errors';
import { fields, type Json, readJson, record } from '../../schema';
import { readYaml } from '../yaml';
import { parseLabels } from './labels';
import { parsePython } from './python';

/**
 * The labels of a file, by its extension:
 *
 * - JSON or YAML: a list of names; an object of names by index, as `{"0": "cat"}`, with Keras' class index as
 *   `{"0": ["n01440764", "tench"]}`; of indices by name, as `{"cat": 0}`; or an object with one of these as `id2label`,
 *   `label2id`, `names` or the like, such as a whole `config.json` or `data.yaml`.
 * - CSV: the columns index and name, with or without a header.
 * - A print of Python: `{0: 'cat', 1: 'dog'}` or `['cat', 'dog']`.
 * - Any other: text with one label on each line. If each line begins with its number, from 0, the numbers are left out.
 *
 * @param file its path
 * @throws Error that says what is wrong; the caller adds the file
 */
export async function parseLabelFile(text: string, file: string): Promise<string[]> {
  const plain = text.replace(/^\uFEFF/, '');
  const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const read = FORMS[extension];
  if (read) return read(plain);
  // JSON is also kept in files with other names.
  const json = /^\s*[[{]/.test(plain) ? readJson(v.unknown(), plain) : undefined;
  if (json && 'value' in json) return namesOf(json.value);
  const python = parsePython(plain);
  return python ? namesOf(python) : linesOf(plain);
}

const FORMS: Readonly<Record<string, ((text: string) => string[] | Promise<string[]>) | undefined>> = {
  json: (text) => namesOf(orThrow(readJson(v.unknown(), text))),
  yaml: async (text) => namesOf(orThrow(await readYaml(v.unknown(), text))),
  yml: async (text) => namesOf(orThrow(await readYaml(v.unknown(), text))),
  csv: rowsOf,
  tsv: rowsOf,
};

function orThrow<T>(found: { readonly value: T } | { readonly flaw: { readonly line: string } }): T {
  if ('flaw' in found) throw new Error(found.flaw.line);
  return found.value;
}

/** Keras' `tf.keras.applications` and others number their lines. */
function linesOf(text: string): string[] {
  const lines = parseLabels(text);
  const numbered = lines.map((line, i) => {
    const [, index, name] = /^(\d+)[\s:,]\s*(\S.*)$/.exec(line) ?? [];
    return Number(index) === i ? name : undefined;
  });
  const names = numbered.filter((name) => name !== undefined);
  return lines.length > 1 && names.length === lines.length ? names : lines;
}

/** Keys under which names of classes are kept, the most telling first. */
const KEYS = ['id2label', 'names', 'label2id', 'class_to_idx', 'labels', 'classes', 'class_names', 'label_names'];

/** YAML reads `yes`, `1` or `1.0` as other values than text; as names they are what was written, nearly. */
const name = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));
const NAMES = v.array(name);
const NAMED = fields({ name });
/** A name, Keras' pair of synset and name, or an object with a name. */
const NAME = v.union([
  name,
  v.pipe(
    NAMED,
    v.transform((object) => object.name),
  ),
  v.pipe(
    v.tuple([v.string(), name]),
    v.transform(([, second]) => second),
  ),
]);
const INDEX = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const OBJECTS = v.pipe(v.array(fields({ id: INDEX, name })), v.nonEmpty());

const WANTED =
  'it needs a list of names, names by class index such as {"0": "cat"}, or indices by name such as {"cat": 0}';

/** @throws Error */
function namesOf(value: unknown, mayWrap = true): string[] {
  if (v.is(NAMES, value)) return v.parse(NAMES, value);
  if (v.is(OBJECTS, value)) return inOrder(v.parse(OBJECTS, value).map(({ id, name }) => [id, name]));
  if (!v.is(record, value) || Object.keys(value).length === 0) throw new Error(WANTED);
  const key = mayWrap ? KEYS.find((known) => typeof value[known] === 'object' && value[known] !== null) : undefined;
  if (key !== undefined) return namesOf(value[key], false);
  return inOrder(entriesOf(value));
}

/** @throws Error */
function entriesOf(value: Json): (readonly [index: number, name: string])[] {
  const entries = Object.entries(value);
  if (entries.every(([, index]) => v.is(INDEX, index)))
    return entries.map(([key, index]) => [v.parse(INDEX, index), key]);
  return entries.map(([key, found]) => {
    const label = /^\d+$/.test(key) ? v.safeParse(NAME, found) : undefined;
    if (!label?.success) throw new Error(`${WANTED}; "${key.slice(0, 60)}" fits none of these`);
    return [Number(key), label.output];
  });
}

/** @throws Error if the indices are not 0 to n - 1, each once */
function inOrder(entries: readonly (readonly [index: number, name: string])[]): string[] {
  const names = new Map<number, string>();
  for (const [index, label] of entries) {
    if (names.has(index)) throw new Error(`class ${index} has two names, "${names.get(index)}" and "${label}"`);
    names.set(index, label);
  }
  return Array.from({ length: names.size }, (_, index) => {
    const label = names.get(index);
    if (label === undefined)
      throw new Error(
        `class ${index} has no name; the ${names.size} names must have the indices 0 to ${names.size - 1}`,
      );
    return label;
  });
}

const INDEX_COLUMNS: ReadonlySet<string> = new Set([
  'index',
  'id',
  'idx',
  'class_id',
  'class id',
  'class_index',
  'label_id',
]);
const NAME_COLUMNS: ReadonlySet<string> = new Set([
  'name',
  'label',
  'class',
  'class_name',
  'class name',
  'label_name',
  'category',
]);

/** @throws Error */
function rowsOf(text: string): string[] {
  const rows = cellsOf(text);
  const columns = rows[0]?.map((cell) => cell.toLowerCase()) ?? [];
  const areIndices = (some: readonly string[][], column: number) =>
    some.every((row) => /^\d+$/.test(row[column] ?? ''));
  const named = columns.findIndex((column) => NAME_COLUMNS.has(column));
  const hasHeader = named >= 0 && !areIndices(rows.slice(0, 1), 0);
  const body = hasHeader ? rows.slice(1) : rows;
  const numbered = hasHeader
    ? columns.findIndex((column, i) => INDEX_COLUMNS.has(column) && areIndices(body, i))
    : columns.length > 1
      ? [0, 1].findIndex((column) => areIndices(body, column))
      : -1;
  // Without a header and without indices the lines are labels, in which there may be commas.
  if (!hasHeader && numbered < 0) return parseLabels(text);
  const from = hasHeader ? named : 1 - numbered;
  const names = body.map((row) => row[from] ?? '');
  return numbered < 0 ? names : inOrder(body.map((row, i) => [Number(row[numbered]), names[i]!]));
}

/** @throws Error */
function cellsOf(text: string): string[][] {
  const first = text.trimStart().split(/\r?\n/, 1)[0] ?? '';
  const delimiter = [',', ';', '\t'].find((one) => first.includes(one)) ?? ',';
  try {
    return parseCsv(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (thrown) {
    throw new Error(reasonOf(thrown));
  }
}
