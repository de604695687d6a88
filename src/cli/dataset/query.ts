/** `group-cam query`: rows of a run file. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errors, reasonOf } from '../../core/errors';
import { readHead } from '../../files/open';
import type { ExportKind } from '../../protocol/dataset';
import { shiftCommand } from '../../runner/plan/commands';
import { createRunnerService } from '../../runner/service';
import { passFile, type Terminal } from '../terminal';
import { versionNamed } from './work';

export interface QueryOptions {
  readonly version?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly paths?: boolean;
  readonly parquet?: string;
}

export async function query(run: string, text: string, options: QueryOptions, terminal: Terminal): Promise<void> {
  const runner = createRunnerService({ log: () => {}, onlyReads: true });
  const context = { signal: terminal.signal, emit() {} };
  try {
    const info = await runner.service.open({ run }, context);
    const version = versionNamed(info, options.version);
    const made = await runner.service.list({ run, version: version.id, query: text, first: 0 }, context);
    const { list, count, lacking = [], hints = [] } = made;
    for (const hint of hints) terminal.say(hint);
    for (const { from, rows } of lacking) terminal.say(lackingText(run, from, version.name, rows));
    const write = (kind: ExportKind, output: string) =>
      runner.service.export({ run, version: version.id, of: { list }, kind, output }, context);
    if (options.parquet !== undefined) {
      await checkParquet(options.parquet);
      await write('parquet', options.parquet);
      terminal.say(`${count} rows written: ${options.parquet}`);
    } else {
      const kind = options.csv ? 'csv' : options.json ? 'json' : 'paths';
      await throughFile((file) => write(kind, file));
    }
  } finally {
    await runner.dispose();
  }
}

const lackingText = (run: string, from: string, to: string, rows: number): string =>
  `the shift of ${rows} ${rows === 1 ? 'image' : 'images'} from ${from} to ${to} is not computed; compute it by ${shiftCommand(run, from, to)}`;

const PARQUET = 'PAR1';

/** A mistyped name must not cost an image: of files that are there, only those of Parquet are replaced. */
async function checkParquet(file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile() || info.size === 0) return;
  const head = await readHead(file, PARQUET.length).catch((thrown) => {
    throw errors.outputUnwritable(file, reasonOf(thrown));
  });
  if (Buffer.from(head).toString('latin1') !== PARQUET)
    throw errors.outputUnwritable(file, 'a file that is no Parquet file is there; name another');
}

/** Prints what is written to a file. */
async function throughFile(write: (file: string) => Promise<unknown>): Promise<void> {
  const beginning = path.join(tmpdir(), 'group-cam-query-');
  const folder = await mkdtemp(beginning).catch((thrown) => {
    throw errors.outputUnwritable(beginning, reasonOf(thrown));
  });
  try {
    const file = path.join(folder, 'rows');
    await write(file);
    await passFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
