/** Lists as CSV, in the dialects of spreadsheets and programs. */
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { COLUMNS, columnAt, type ListRow } from '../../../core/annotations/row';
import { errors, reasonOf } from '../../../core/errors';
import { isImage } from '../../../protocol/image-files';

export type CsvForm = 'csv' | 'tsv';

const DELIMITERS = [',', ';', '\t'] as const;
type Delimiter = (typeof DELIMITERS)[number];

/** So much text is parsed before others get a turn. */
const CHARACTERS_AT_ONCE = 65_536;
/** The longest row in characters; a quote that is not closed would swallow the whole list. */
const LONGEST_ROW = 1_000_000;

interface Columns {
  readonly image: number;
  readonly labels: number;
  readonly split: number;
}

/**
 * The rows of a list with the columns of `COLUMNS`, or without a header and the path of the image in the first column
 * that has one. Several labels of a cell are separated by | or ;.
 *
 * @throws list-invalid, naming the line; cancelled
 */
export async function* csvRows(
  text: string,
  file: string,
  form: CsvForm,
  signal?: AbortSignal,
): AsyncGenerator<ListRow> {
  const first = text.trimStart().split(/\r?\n/, 1)[0] ?? '';
  const delimiter = delimiterOf(first) ?? (form === 'tsv' ? '\t' : ',');
  let columns: Columns | undefined;
  for await (const { record, info } of records(text, delimiter, file, signal)) {
    const fail = (reason: string) => errors.listInvalid(`${file}:${info.lines}`, reason);
    const cells = record.map(withoutGuard);
    if (cells.every((cell) => cell === '')) continue;
    if (columns === undefined) {
      const header = columnsOf(cells);
      columns = header ?? columnsWithoutHeader(cells);
      if (columns === undefined)
        throw fail(
          `no column for the image; the first line names the columns, such as ${COLUMNS.image.slice(0, 4).join(', ')}, and class or label`,
        );
      if (header) continue;
    }
    const image = cells[columns.image] ?? '';
    if (image === '') throw fail('no image in this line');
    const split = cells[columns.split];
    yield { image, labels: labelsIn(cells[columns.labels] ?? '', delimiter), ...(split && { split }) };
  }
}

/** What separates the cells of this line, if it is a header or has the path of an image. */
export function delimiterOf(line: string): Delimiter | undefined {
  const fits = (isFit: (cells: readonly string[]) => boolean) =>
    DELIMITERS.find((delimiter) => {
      const cells = cellsOf(line, delimiter);
      return cells.length > 1 && isFit(cells);
    });
  return fits((cells) => columnAt(cells, 'image') >= 0) ?? fits((cells) => cells.some(isImage));
}

/** The cells of one line; none if a quote goes on in the next. */
function cellsOf(line: string, delimiter: Delimiter): readonly string[] {
  try {
    const rows: readonly string[][] = parseAtOnce(line, { delimiter, relax_quotes: true, trim: true });
    return rows[0] ?? [];
  } catch {
    return [];
  }
}

function columnsOf(cells: readonly string[]): Columns | undefined {
  const image = columnAt(cells, 'image');
  return image < 0 ? undefined : { image, labels: columnAt(cells, 'labels'), split: columnAt(cells, 'split') };
}

function columnsWithoutHeader(cells: readonly string[]): Columns | undefined {
  const image = cells.findIndex(isImage);
  if (image < 0) return undefined;
  return { image, labels: cells.findIndex((cell, i) => i !== image && cell !== ''), split: -1 };
}

function labelsIn(cell: string, delimiter: Delimiter): string[] {
  const labels = cell.split(delimiter === ';' ? '|' : /[|;]/).map((label) => label.trim());
  return labels.filter((label) => label !== '');
}

/**
 * Removes the apostrophe that exported lists have before some cells, so that spreadsheets do not read them as formulas.
 */
const withoutGuard = (cell: string): string => cell.replace(/^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/, '');

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* records(
  text: string,
  delimiter: Delimiter,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<CsvRecord> {
  function* parts() {
    for (let at = 0; at < text.length; at += CHARACTERS_AT_ONCE) yield text.slice(at, at + CHARACTERS_AT_ONCE);
  }
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    max_record_size: LONGEST_ROW,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const source = Readable.from(parts());
  try {
    for await (const found of source.pipe(parser)) {
      if (signal?.aborted) throw errors.cancelled();
      const row: CsvRecord = found;
      yield row;
    }
  } catch (thrown) {
    if (signal?.aborted) throw errors.cancelled();
    throw errors.listInvalid(file, reasonOf(thrown));
  } finally {
    source.destroy();
    parser.destroy();
  }
}
