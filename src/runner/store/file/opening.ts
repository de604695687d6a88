/** Opens the database of a run file, or makes it, and says clearly what is wrong with it. */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { datasetErrors } from '../../../core/dataset-errors';
import { reasonOf } from '../../../core/errors';
import { kindOf, readHead } from '../../../files/open';
import type { OpenOptions } from '../form';
import { type Db, openDb } from './sqlite';
import { APPLICATION, FORM, TABLES, TABLES_OF_FORM_2 } from './tables';
import { numberOf } from './values';

export interface Opened {
  readonly db: Db;
  /** Why nothing can be written, in words. */
  readonly readOnly?: string;
}

const MAGIC = 'SQLite format 3\0';

/** @throws node-too-old, run-file-invalid, run-file-newer, run-file-unwritable, run-file-busy */
export async function openDatabase(file: string, options: OpenOptions): Promise<Opened> {
  const bytes = existsSync(file) ? await sizeOfDatabase(file) : 0;
  if (bytes === 0 && !options.create)
    throw existsSync(file)
      ? datasetErrors.runFileInvalid(file, 'it is empty')
      : datasetErrors.runFileMissing(file, runFilesBeside(file));
  const readOnly = options.readOnly ?? (bytes > 0 ? whyReadOnly(file) : undefined);
  const db = openDb(file, { readOnly: readOnly !== undefined, immutable: isImmutable(file, readOnly) });
  try {
    if (readOnly === undefined) db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    db.exec('PRAGMA foreign_keys = OFF; PRAGMA mmap_size = 0');
    checkForm(db, options.create === true && readOnly === undefined);
    if (readOnly === undefined) bringUpToDate(db);
    return { db, ...(readOnly !== undefined && { readOnly }) };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

const RUN_FILE = '.groupcam';

/** Run files in the same folder, the one of the same name alone if there is one. */
function runFilesBeside(file: string): string[] {
  const folder = path.dirname(file);
  try {
    const found = readdirSync(folder).filter((name) => name.endsWith(RUN_FILE));
    const same = found.filter((name) => name === `${path.basename(file)}${RUN_FILE}`);
    return same.length > 0 ? same : found;
  } catch {
    // The folder is missing too, or can't be read: there is nothing to propose.
    return [];
  }
}

async function sizeOfDatabase(file: string): Promise<number> {
  const info = statSync(file);
  if (!info.isFile()) throw datasetErrors.notRunFile(file, `it is ${kindOf(info)}, not a file`);
  if (info.size === 0) return 0;
  const head = await readHead(file, MAGIC.length).catch((thrown) => {
    throw datasetErrors.runFileInvalid(file, reasonOf(thrown), thrown);
  });
  if (Buffer.from(head).toString('latin1') !== MAGIC) throw datasetErrors.notRunFile(file, 'it is no database');
  return info.size;
}

const isWritable = (file: string): boolean => {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    // Whatever the reason is, nothing is written there.
    return false;
  }
};

function whyReadOnly(file: string): string | undefined {
  if (!isWritable(file)) return `${file} can not be written to. It is shown as it is`;
  // The log of writes lies beside the file.
  if (!isWritable(path.dirname(file))) return `${path.dirname(file)} can not be written to. It is shown as it is`;
  return undefined;
}

/** Where the folder can't be written, SQLite can't make the files beside the database that readers share. */
const isImmutable = (file: string, readOnly: string | undefined): boolean =>
  readOnly !== undefined && !isWritable(path.dirname(file)) && !hasContent(`${file}-wal`);

const hasContent = (file: string): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;

const pragma = (db: Db, name: string) => numberOf(db.file, db.get(`PRAGMA ${name}`)?.[name]);

/** The form of a file; a file that is only read may be of an older one. */
export const formOf = (db: Db): number => pragma(db, 'user_version');

function checkForm(db: Db, create: boolean): void {
  const [application, form] = [pragma(db, 'application_id'), formOf(db)];
  const isNew = application === 0 && form === 0 && db.all('SELECT name FROM sqlite_schema LIMIT 1').length === 0;
  if (isNew && create) {
    makeTables(db);
    return;
  }
  if (application !== APPLICATION)
    throw isNew
      ? datasetErrors.runFileInvalid(db.file, 'it is empty')
      : datasetErrors.notRunFile(db.file, 'it is the database of another program');
  if (form > FORM) throw datasetErrors.runFileNewer(db.file, form, FORM);
  if (form < 1) throw datasetErrors.runFileInvalid(db.file, `it has the form ${form}`);
}

function makeTables(db: Db): void {
  const pragmas = `PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${FORM};`;
  db.transaction(() => db.exec(`${TABLES} ${TABLES_OF_FORM_2} ${pragmas}`));
}

/** Gives a file of an older form the tables that it lacks. */
function bringUpToDate(db: Db): void {
  if (formOf(db) === FORM) return;
  db.transaction(() => db.exec(`${TABLES_OF_FORM_2} PRAGMA user_version = ${FORM};`));
}
