/** Rows as the command line and exports write them: the same columns as CSV, JSON and Parquet. */
import * as v from 'valibot';
import { errors } from '../../../core/errors';
import { parseJson } from '../../../core/schema';
import type { Row, RunInfo, VersionInfo } from '../../../protocol/dataset';

type Cell = string | number | boolean | undefined;

export type RowJson = ReturnType<typeof jsonOf>;

/** What is not known is left out. Positions are fractions of the image. */
export function jsonOf(row: Row, { categories }: Pick<RunInfo, 'categories'>, { labels }: Pick<VersionInfo, 'labels'>) {
  const { path, top, loss, margin, entropy, correct, map, tags, error } = row;
  const label = (index: number) => labels[index] ?? String(index);
  const [best] = top ?? [];
  return {
    image: path,
    true: row.categories.map((index) => categories[index] ?? String(index)),
    ...(best && { predicted: label(best[0]), p: best[1] }),
    ...(loss !== undefined && { loss }),
    ...(margin !== undefined && { margin }),
    ...(entropy !== undefined && { entropy }),
    ...(correct !== undefined && { correct }),
    ...(top && { top: top.map(([index, p]) => ({ label: label(index), p })) }),
    ...(map && { map: mapJson(map) }),
    tags,
    ...(error !== undefined && { error }),
  };
}

function mapJson({ method, layer, maximum, border, spread, agreement, energy, hit }: NonNullable<Row['map']>) {
  return {
    method,
    layer,
    ...(maximum && { maximum }),
    ...(border !== undefined && { border }),
    ...(spread !== undefined && { spread }),
    ...(agreement !== undefined && { agreement }),
    ...(energy !== undefined && { energy }),
    ...(hit !== undefined && { hit }),
  };
}

type CellType = 'text' | 'number' | 'boolean';

/** Columns of CSV and Parquet. Names of the map's are those that flattening the JSON gives. */
export const CELLS: readonly (readonly [name: string, type: CellType, cell: (row: RowJson) => Cell])[] = [
  ['image', 'text', ({ image }) => image],
  ['true', 'text', (row) => joined(row.true)],
  ['predicted', 'text', ({ predicted }) => predicted],
  ['p', 'number', ({ p }) => p],
  ['loss', 'number', ({ loss }) => loss],
  ['margin', 'number', ({ margin }) => margin],
  ['entropy', 'number', ({ entropy }) => entropy],
  ['correct', 'boolean', ({ correct }) => correct],
  ['top', 'text', ({ top }) => top && JSON.stringify(top)],
  ['map.method', 'text', ({ map }) => map?.method],
  ['map.layer', 'text', ({ map }) => map?.layer],
  ['map.maximum', 'text', ({ map }) => map?.maximum && JSON.stringify(map.maximum)],
  ['map.border', 'number', ({ map }) => map?.border],
  ['map.spread', 'number', ({ map }) => map?.spread],
  ['map.agreement', 'number', ({ map }) => map?.agreement],
  ['map.energy', 'number', ({ map }) => map?.energy],
  ['map.hit', 'boolean', ({ map }) => map?.hit],
  ['tags', 'text', ({ tags }) => joined(tags)],
  ['error', 'text', ({ error }) => error],
];

/** Names of one cell, between semicolons; as a list of JSON where a name has one itself, or spaces at its ends. */
function joined(names: readonly string[]): string {
  const isPlain = names.every((name) => name === name.trim() && name !== '' && !/^\[|;/.test(name));
  return isPlain ? names.join('; ') : JSON.stringify(names);
}

/**
 * The names that `joined` has joined.
 *
 * @param at the place, for the failure
 * @throws list-invalid
 */
export function wordsOf(cell: string, at: string): readonly string[] {
  const text = withoutGuard(cell) ?? '';
  if (text.startsWith('[')) return parseJson(v.array(v.string()), text, ({ line }) => errors.listInvalid(at, line));
  return text
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Characters by which spreadsheets recognise formulas. */
const FORMULA = '=+\\-@\\t\\r\\uff1d\\uff0b\\uff0d\\uff20';
const STARTS_FORMULA = new RegExp(`^[${FORMULA}]`);
const GUARDED = new RegExp(`^'(?=[${FORMULA}])`);

/** An apostrophe keeps spreadsheets from running a text as a formula. */
const guarded = (text: string): string => (STARTS_FORMULA.test(text) ? `'${text}` : text);
export const withoutGuard = (cell: string | undefined): string | undefined => cell?.replace(GUARDED, '');

const quoted = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const CSV_HEADER = `${CELLS.map(([name]) => name).join(',')}\n`;

/** A line of CSV, with its end. Numbers are as JSON writes them, so that they read back exactly. */
export function csvLine(row: RowJson): string {
  const cells = CELLS.map(([, , cellOf]) => {
    const cell = cellOf(row);
    return typeof cell === 'string' ? quoted(guarded(cell)) : String(cell ?? '');
  });
  return `${cells.join(',')}\n`;
}
