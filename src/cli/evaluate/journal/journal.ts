/**
 * The results of an evaluation so far. There is one line of JSON for each image and method, which is written to disk
 * before the next one is started. The first line has the settings. The lines survive any end of the process; a
 * truncated last line is dropped.
 */

import { constants } from 'node:fs';
import { type FileHandle, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { errors, reasonOf } from '../../../core/errors';
import { lock } from '../../../files/lock/lock';
import { openRegular } from '../../../files/open';
import type { Entry, Settings, Unit } from './entry';
import { keyOf, lastLineEnd, readLines } from './lines';

export interface Journal {
  has(item: string, stamp: string, unit: Unit): boolean;
  append(entry: Entry): Promise<void>;
  /** Yields the entries one by one, so that only one of them is in memory. */
  entries(): AsyncIterable<Entry>;
  close(): Promise<void>;
}

/**
 * Starts a journal or continues one.
 *
 * @param probabilities whether the network's answers are probabilities; a line with numbers that are impossible then is
 *   refused
 * @throws evaluation-differs if it was started with other settings; journal-invalid; evaluation-running;
 *   output-unwritable
 */
export async function openJournal(file: string, settings: Settings, probabilities = true): Promise<Journal> {
  await makeFolder(file);
  const locked = `${file}.lock`;
  const unlock = await lock(locked, (owner) => errors.evaluationRunning(locked, owner));
  try {
    return await openLocked(file, settings, probabilities, unlock);
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

async function openLocked(
  file: string,
  settings: Settings,
  probabilities: boolean,
  unlock: () => void,
): Promise<Journal> {
  const handle = await openFile(file);
  try {
    const end = await lastLineEnd(handle, file);
    const known = new Set<string>();
    for await (const line of readLines(file, end, probabilities)) {
      if ('settings' in line) checkSettings(file, line.settings, settings);
      else known.add(keyOf(line.entry));
    }
    await handle.truncate(end);
    if (end === 0) await append(handle, file, { settings });
    return {
      has: (item, stamp, unit) => known.has(keyOf({ item, stamp, unit })),
      append: async (entry) => {
        await append(handle, file, entry);
        known.add(keyOf(entry));
      },
      entries: async function* () {
        const { size } = await handle.stat();
        for await (const line of readLines(file, size, probabilities)) if ('entry' in line) yield line.entry;
      },
      close: async () => {
        try {
          await handle.close();
        } finally {
          unlock();
        }
      },
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

async function makeFolder(file: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
  } catch (thrown) {
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await openRegular(file, constants.O_APPEND | constants.O_CREAT | constants.O_RDWR);
  } catch (thrown) {
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

async function append(handle: FileHandle, file: string, line: unknown): Promise<void> {
  try {
    await handle.appendFile(`${textOf(line)}\n`);
    await handle.datasync();
  } catch (thrown) {
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

/** JSON without any characters that some programs treat as the end of a line. */
function textOf(line: unknown): string {
  return JSON.stringify(line).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function checkSettings(file: string, before: Settings, now: Settings): void {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const different = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  if (different.length > 0) throw errors.evaluationDiffers(file, different);
}
