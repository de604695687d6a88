/** Writes rows to files. */

import type { BasicType } from 'hyparquet-writer';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { datasetErrors } from '../../../core/dataset-errors';
import { outputsBeside } from '../../../files/output';
import { pausing } from '../../../files/pause';
import type { ExportKind, RunInfo, VersionInfo } from '../../../protocol/dataset';
import { plainJson } from '../../../protocol/plain-text';
import { textOf } from '../file/values';
import { rowOf } from '../rows';
import type { State, Version } from '../state';
import { CELLS, CSV_HEADER, csvLine, jsonOf, type RowJson } from './cells';

export type WrittenKind = Exclude<ExportKind, 'sheet'>;

interface Written {
  readonly state: State;
  readonly version: Version;
  readonly info: RunInfo;
  readonly ids: Uint32Array;
  readonly signal: { readonly aborted: boolean };
}

/** Rows of one part of a text. */
const PART = 500;

export async function exported(kind: WrittenKind, output: string, what: Written): Promise<void> {
  const outputs = outputsBeside([what.state.db.file]);
  await outputs.check(output, false);
  await outputs.write(output, kind === 'parquet' ? await parquetOf(what) : linesOf(kind, what));
}

async function* linesOf(kind: Exclude<WrittenKind, 'parquet'>, what: Written): AsyncGenerator<string> {
  const { state, ids, signal } = what;
  const pause = pausing(signal);
  if (kind === 'csv') yield CSV_HEADER;
  const lineOf = LINES[kind];
  for (let from = 0; from < ids.length; from += PART) {
    await pause();
    yield Array.from(ids.subarray(from, from + PART), (id) => lineOf(state, () => rowJson(what, id), id)).join('');
  }
}

type Line = (state: State, row: () => RowJson, id: number) => string;
const LINES: Readonly<Record<Exclude<WrittenKind, 'parquet'>, Line>> = {
  csv: (_, row) => csvLine(row()),
  json: (_, row) => `${plainJson(row())}\n`,
  paths({ db }, _, id) {
    const file = textOf(db.file, db.get('SELECT file FROM items WHERE id = ?', id)?.['file']);
    // A reader would take it for two paths.
    if (/[\n\r]/.test(file)) throw datasetErrors.pathBroken(file);
    return `${file}\n`;
  },
};

function rowJson({ state, version, info }: Written, id: number): RowJson {
  const { labels } = info.versions.find((each): each is VersionInfo => each.id === version.id)!;
  return jsonOf(rowOf(state, version, id), info, { labels });
}

const TYPES = { text: 'STRING', number: 'DOUBLE', boolean: 'BOOLEAN' } as const satisfies Record<string, BasicType>;
/** Rows of a group of Parquet's; columns are held in memory for one group at a time. */
const GROUP = 50_000;

async function parquetOf(what: Written): Promise<Uint8Array> {
  const { ids, signal } = what;
  const pause = pausing(signal);
  const schema = [
    { name: 'root', num_children: CELLS.length },
    ...CELLS.map(([name, type]) => ({
      name,
      repetition_type: 'OPTIONAL' as const,
      ...(type === 'text' && { type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const }),
      ...(type === 'number' && { type: 'DOUBLE' as const }),
      ...(type === 'boolean' && { type: 'BOOLEAN' as const }),
    })),
  ];
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema });
  for (let from = 0; from === 0 || from < ids.length; from += GROUP) {
    const rows: RowJson[] = [];
    for (const id of ids.subarray(from, from + GROUP)) {
      rows.push(rowJson(what, id));
      await pause();
    }
    const columnData = CELLS.map(([name, type, cell]) => ({
      name,
      type: TYPES[type],
      data: rows.map((row) => cell(row) ?? null),
    }));
    await writer.write({ columnData, rowGroupSize: GROUP });
  }
  await writer.finish();
  return bytes.getBytes();
}
