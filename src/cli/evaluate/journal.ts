/**
 * What an evaluation has found so far: a line of JSON for each image and method, on the disk before the next is begun. The
 * first line says with which settings. Whatever ends the process, the lines stay; one cut short is dropped.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { errors, reasonOf } from '../../core/errors';
import type { Measured } from '../../core/measurement';
import type { ClassScore, Method } from '../../core/types';
import { openRegular } from '../../engine/files';
import { lock } from './lock';

/** What is measured at one go: a method's map, or the maps that know nothing. */
export type Unit = Method | 'baselines';

export interface MapResult extends Measured {
  /** Methods and baselines by their names. */
  readonly map: string;
  readonly blank: boolean;
}

export interface Entry {
  /** The item's name. */
  readonly item: string;
  /** Of the image's file when it was evaluated. */
  readonly stamp: string;
  readonly unit: Unit;
  readonly found: Found;
}

/** The maps and the class that they explain, or why there are none. */
export type Found = { readonly class: ClassScore; readonly maps: readonly MapResult[] } | { readonly error: string };

export type Settings = Readonly<Record<string, unknown>>;

export interface Journal {
  has(item: string, stamp: string, unit: Unit): boolean;
  append(entry: Entry): Promise<void>;
  /** Every entry, one after the other, so that no more than one of them is in memory. */
  entries(): AsyncIterable<Entry>;
  close(): Promise<void>;
}

/**
 * Begins a journal or goes on with one.
 *
 * @throws evaluation-differs if it was begun with other settings; evaluation-running; output-unwritable
 */
export async function openJournal(file: string, settings: Settings): Promise<Journal> {
  await makeFolder(file);
  const unlock = await lock(`${file}.lock`);
  try {
    return await openLocked(file, settings, unlock);
  } catch (thrown) {
    await unlock();
    throw thrown;
  }
}

async function openLocked(file: string, settings: Settings, unlock: () => Promise<void>): Promise<Journal> {
  const handle = await openFile(file);
  try {
    const end = await lastLineEnd(handle);
    await handle.truncate(end);
    const known = new Set<string>();
    if (end === 0) await append(handle, file, { settings });
    let first = true;
    for await (const line of linesOf(file)) {
      if (first) checkSettings(file, (line as { settings: Settings }).settings, settings);
      else known.add(keyOf(line as Entry));
      first = false;
    }
    return {
      has: (item, stamp, unit) => known.has(keyOf({ item, stamp, unit })),
      append: async (entry) => {
        await append(handle, file, entry);
        known.add(keyOf(entry));
      },
      entries: () => entriesOf(file),
      close: async () => {
        try {
          await handle.close();
        } finally {
          await unlock();
        }
      },
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

const keyOf = ({ item, stamp, unit }: Pick<Entry, 'item' | 'stamp' | 'unit'>) => JSON.stringify([item, stamp, unit]);

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
    await handle.appendFile(`${JSON.stringify(line)}\n`);
    await handle.datasync();
  } catch (thrown) {
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

const CHUNK = 65_536;

/** Where the last complete line ends. */
async function lastLineEnd(handle: FileHandle): Promise<number> {
  let { size: end } = await handle.stat();
  const buffer = Buffer.alloc(CHUNK);
  while (end > 0) {
    const length = Math.min(CHUNK, end);
    await handle.read(buffer, 0, length, end - length);
    const newline = buffer.subarray(0, length).lastIndexOf('\n');
    if (newline >= 0) return end - length + newline + 1;
    end -= length;
  }
  return 0;
}

async function* linesOf(file: string): AsyncGenerator<unknown> {
  const handle = await openRegular(file);
  for await (const line of handle.readLines()) yield JSON.parse(line);
}

async function* entriesOf(file: string): AsyncGenerator<Entry> {
  let first = true;
  for await (const line of linesOf(file)) {
    if (!first) yield line as Entry;
    first = false;
  }
}

function checkSettings(file: string, before: Settings, now: Settings): void {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const different = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  if (different.length > 0) throw errors.evaluationDiffers(file, different);
}
