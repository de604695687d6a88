/** The one place that opens databases: `node:sqlite`, with its failures in the product's words. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { datasetErrors } from '../../../core/dataset-errors';
import { ExplainError, reasonOf } from '../../../core/errors';

export type Record = Readonly<{ [column: string]: SQLOutputValue }>;

export interface Db {
  readonly file: string;
  all(sql: string, ...values: SQLInputValue[]): readonly Record[];
  get(sql: string, ...values: SQLInputValue[]): Record | undefined;
  run(sql: string, ...values: SQLInputValue[]): void;
  /** The rowid of the row that `run` has inserted last. */
  insert(sql: string, ...values: SQLInputValue[]): number;
  exec(sql: string): void;
  /** All or nothing of what `act` writes. */
  transaction<T>(act: () => T): T;
  close(): void;
}

/** @throws node-too-old */
function sqlite(): typeof import('node:sqlite') {
  // Node warns of the module's age on standard error, with the first use, and the user can do nothing about it.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const found = process.getBuiltinModule?.('node:sqlite');
    if (!found) throw datasetErrors.nodeTooOld(`Node ${process.versions.node}`);
    return found;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** SQLite's primary result codes. */
const UNWRITABLE: ReadonlySet<number> = new Set([3, 8, 10, 13, 14]);
const BUSY: ReadonlySet<number> = new Set([5, 6]);
const FULL = 13;

function failure(file: string, thrown: unknown): Error {
  if (thrown instanceof ExplainError) return thrown;
  const code = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : undefined;
  if (code === undefined) return thrown instanceof Error ? thrown : new Error(reasonOf(thrown));
  if (BUSY.has(code)) return datasetErrors.runFileBusy(file, 'another process');
  if (!UNWRITABLE.has(code)) return datasetErrors.runFileInvalid(file, reasonOf(thrown), thrown);
  return datasetErrors.runFileUnwritable(file, code === FULL ? 'the disk is full' : reasonOf(thrown));
}

/** So long SQLite waits for another process to let go of a database. */
const PATIENCE_MS = 2000;

interface DbOptions {
  readonly readOnly: boolean;
  /** Nothing can be written beside the file, so its write-ahead log is left aside. */
  readonly immutable?: boolean;
}

/**
 * @throws node-too-old, run-file-invalid, run-file-unwritable, run-file-busy; so do all functions of the result
 */
export function openDb(file: string, { readOnly, immutable }: DbOptions): Db {
  const { DatabaseSync } = sqlite();
  const failing = <T>(act: () => T): T => {
    try {
      return act();
    } catch (thrown) {
      throw failure(file, thrown);
    }
  };
  const db: DatabaseSync = failing(() => {
    if (!readOnly) mkdirSync(path.dirname(file), { recursive: true });
    const opened = new DatabaseSync(immutable ? immutableUri(file) : file, { readOnly });
    // Before anything else: even a reader holds a file for a moment, when it recovers what a killed writer has left.
    opened.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
    return opened;
  });
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known) return known;
    const made = db.prepare(sql);
    prepared.set(sql, made);
    return made;
  };
  let isOpen = true;
  return {
    file,
    all: (sql, ...values) => failing(() => statement(sql).all(...values)),
    get: (sql, ...values) => failing(() => statement(sql).get(...values)),
    run: (sql, ...values) => failing(() => void statement(sql).run(...values)),
    insert: (sql, ...values) => failing(() => Number(statement(sql).run(...values).lastInsertRowid)),
    exec: (sql) => failing(() => db.exec(sql)),
    transaction: (act) =>
      failing(() => {
        db.exec('BEGIN IMMEDIATE');
        try {
          const result = act();
          db.exec('COMMIT');
          return result;
        } catch (thrown) {
          try {
            db.exec('ROLLBACK');
          } catch {
            // SQLite itself has rolled back, as it does after some failures such as a full disk.
          }
          throw thrown;
        }
      }),
    close() {
      if (!isOpen) return;
      isOpen = false;
      failing(() => db.close());
    },
  };
}

const immutableUri = (file: string): string =>
  `file:${file.replaceAll('\\', '/').replace(/[%?#]/g, encodeURIComponent)}?immutable=1`;
