/** A row of a list of images, and the names that its columns have in lists of other programs. */
import * as v from 'valibot';
import { parseJson, record } from '../schema';

export interface ListRow {
  readonly image: string;
  /** Labels or indices of classes, as the list has them. */
  readonly labels: readonly string[];
  readonly split?: string;
}

/** Names of columns in small letters, the most telling first. `image` and `true` are those of exported queries. */
export const COLUMNS = {
  image: [
    'image',
    'path',
    'file',
    'filename',
    'file_name',
    'filepath',
    'file_path',
    'image_path',
    'imagepath',
    'image_file',
    'img',
    'img_path',
  ],
  labels: [
    'class',
    'label',
    'labels',
    'true',
    'category',
    'categories',
    'target',
    'class_name',
    'classname',
    'label_name',
    'classes',
  ],
  split: ['split', 'subset', 'set', 'partition'],
} as const;

export type Column = keyof typeof COLUMNS;

/** The position of a column among names, or -1. */
export function columnAt(names: readonly string[], column: Column): number {
  const plain = names.map((name) => name.trim().toLowerCase());
  const known = COLUMNS[column].find((name) => plain.includes(name));
  return known === undefined ? -1 : plain.indexOf(known);
}

const LABEL = v.pipe(v.union([v.string(), v.number()], 'a label or an index'), v.transform(String));
const LABELS = v.pipe(
  v.nullish(v.union([LABEL, v.array(LABEL)], 'a label, an index, or a list of them'), []),
  v.transform((value) => [value].flat().filter((label) => label !== '')),
);

/**
 * Reads a row in JSON: an object with the keys of `COLUMNS`, such as `{"image": "a.jpg", "labels": ["cat"]}`.
 *
 * @throws what `fail` makes of the reason
 */
export function parseJsonRow(line: string, fail: (reason: string) => Error): ListRow {
  const row = parseJson(record, line, (flaw) => fail(flaw.line));
  const names = Object.keys(row);
  const at = (column: Column) => names[columnAt(names, column)];
  function value<T>(schema: v.GenericSchema<unknown, T>, key: string, wanted: string): T {
    const read = v.safeParse(schema, row[key]);
    if (!read.success) throw fail(`${key}: must be ${wanted}`);
    return read.output;
  }
  const [image, labels, split] = [at('image'), at('labels'), at('split')];
  if (image === undefined) throw fail(`no key for the image; known are ${COLUMNS.image.slice(0, 4).join(', ')}`);
  const name = value(v.nullish(v.string()), split ?? '', 'a text');
  return {
    image: value(v.pipe(v.string(), v.nonEmpty()), image, 'the path of an image'),
    labels: labels === undefined ? [] : value(LABELS, labels, 'a label, an index, or a list of them'),
    ...(name && { split: name }),
  };
}
