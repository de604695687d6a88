/** The files that rows are exported to. Pure. */
import path from 'node:path';
import type { ExportKind } from '../../../protocol/dataset';

export interface ExportFile {
  readonly title: string;
  readonly detail: string;
  readonly fileType: string;
  readonly extension: string;
}

export const EXPORT_FILES: Readonly<Record<ExportKind, ExportFile>> = {
  csv: {
    title: 'CSV',
    detail: 'A line for each image, with its tags, which can be imported again',
    fileType: 'CSV',
    extension: 'csv',
  },
  json: { title: 'JSON Lines', detail: 'An object for each image', fileType: 'JSON Lines', extension: 'jsonl' },
  parquet: {
    title: 'Parquet',
    detail: 'A table for pandas, DuckDB and the like',
    fileType: 'Parquet',
    extension: 'parquet',
  },
  paths: { title: 'List of Paths', detail: 'A path on each line', fileType: 'Text', extension: 'txt' },
  sheet: { title: 'Contact Sheet', detail: 'One picture of all thumbnails', fileType: 'PNG image', extension: 'png' },
};

/** The file that is proposed: beside the run file, since exports never lie among the images. */
export function exportFile(run: string, kind: ExportKind): string {
  const { dir, name } = path.parse(run);
  return path.join(dir, `${name}.${EXPORT_FILES[kind].extension}`);
}
