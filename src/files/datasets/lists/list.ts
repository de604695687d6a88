/** Lists of images: what their rows have in common, whatever form they are written in. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ListRow } from '../../../core/annotations/row';
import { errors, reasonOf } from '../../../core/errors';
import { readWritten } from '../../text';
import { categoriesOf, type Draft, type DraftItem, type DraftOptions } from '../draft';
import { type CsvForm, csvRows } from './csv';
import { jsonRows, pathRows } from './lines';

/**
 * Reads a list. Relative paths are relative to its folder. If all of its classes are numbers, they are indices of the
 * model's classes.
 *
 * @throws list-invalid, naming the line; cancelled
 */
export async function draftOfList(file: string, form: keyof typeof FORMS, options: DraftOptions): Promise<Draft> {
  const text = await readWritten(file).catch((thrown) => {
    throw errors.listInvalid(file, reasonOf(thrown));
  });
  const rows: ListRow[] = [];
  for await (const row of FORMS[form](text, file, options)) rows.push(row);
  if (rows.length === 0) throw errors.listInvalid(file, 'it names no image');
  const root = path.dirname(file);
  const naming = namingOf(rows, options.labels);
  // Few classes serve many images, so that equal lists of names are kept once.
  const known = new Map<string, readonly string[]>();
  const items = rows.map(({ image, labels, split }): DraftItem => {
    const key = labels.join('\0');
    const categories = known.get(key) ?? [...new Set(labels.map(naming.nameOf))];
    known.set(key, categories);
    return { file: path.resolve(root, local(image)), categories, ...(split !== undefined && { split }) };
  });
  return { root, items, categories: categoriesOf(items), notes: naming.notes };
}

const FORMS = {
  csv: (text: string, file: string, options: DraftOptions) => csvRows(text, file, 'csv', options.signal),
  tsv: (text: string, file: string, options: DraftOptions) => csvRows(text, file, 'tsv', options.signal),
  jsonl: jsonRows,
  txt: pathRows,
} satisfies Record<
  CsvForm | 'jsonl' | 'txt',
  (text: string, file: string, options: DraftOptions) => AsyncIterable<ListRow>
>;

/** A path as this system writes it: lists of Windows have backslashes, and some name files by URLs. */
function local(image: string): string {
  if (image.startsWith('file://')) return fileURLToPath(image);
  return path.sep === '/' && !image.includes('/') ? image.replaceAll('\\', '/') : image;
}

interface Naming {
  readonly nameOf: (label: string) => string;
  readonly notes: readonly string[];
}

const isIndex = (label: string): boolean => /^\d+$/.test(label);

/**
 * The names of categories. Indices are named by the model's labels, if all are classes of the model. A class whose
 * label others have too keeps its index as its name.
 */
function namingOf(rows: readonly ListRow[], labels: readonly string[] | undefined): Naming {
  const asWritten: Naming = { nameOf: (label) => label, notes: [] };
  if (!labels || !rows.some((row) => row.labels.length > 0)) return asWritten;
  const areIndices = rows.every((row) => row.labels.every((label) => isIndex(label) && Number(label) < labels.length));
  if (!areIndices) return asWritten;
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return {
    nameOf: (index) => {
      const label = labels[Number(index)]!;
      return label !== '' && counts.get(label) === 1 ? label : `${Number(index)}`;
    },
    notes: ["The list's classes are numbers, and were taken for indices of the model's classes."],
  };
}
