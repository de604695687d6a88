/**
 * Maps that have been computed: those used last in memory, more of them in a folder that outlives the window. A return to
 * one asks the engine for nothing. The folder is shared by all windows.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExplainParams, FileStamp } from '../../protocol/requests';
import type { KeptMap } from './kept-form';
import { digestOf, keyOf, keysOf, readText, textOf } from './kept-map';

export interface MapStore {
  /** What has been computed for a question, if no file that it rests on has changed since. */
  find(params: ExplainParams): Promise<KeptMap | undefined>;
  /** Resolves once it is written, or could not be. */
  keep(params: ExplainParams, map: KeptMap): Promise<void>;
  /** Forgets all, so that the next questions are computed. */
  clear(): Promise<void>;
}

export interface MapStoreOptions {
  readonly folder: string;
  /** What computes: another build of it may give other maps. */
  readonly engine: string;
  /** A file of the store can't be read or written. */
  failed(thrown: unknown): void;
  /** In bytes, of the memory and of the folder each. */
  readonly limit?: number;
}

const LIMIT = 64 * 2 ** 20;
/** The folder is looked through after each part of the limit that was written. */
const PARTS = 8;

export function createMapStore({ folder, engine, failed, limit = LIMIT }: MapStoreOptions): MapStore {
  const memory = new Map<string, { readonly map: KeptMap; readonly bytes: number }>();
  const engineStamp = stampOf(engine);
  let inMemory = 0;
  let written = Number.POSITIVE_INFINITY;
  /** One change of the folder after the other. */
  let work: Promise<void> = Promise.resolve();

  const fileOf = (key: string) => path.join(folder, digestOf(key));

  function remember(key: string, map: KeptMap, bytes: number): void {
    drop(key);
    memory.set(key, { map, bytes });
    inMemory += bytes;
    for (const oldest of memory.keys()) if (inMemory > limit) drop(oldest);
  }

  function drop(key: string): void {
    inMemory -= memory.get(key)?.bytes ?? 0;
    memory.delete(key);
  }

  function inTurn(change: () => Promise<void>): Promise<void> {
    work = work.then(change).catch(failed);
    return work;
  }

  async function read(key: string): Promise<KeptMap | undefined> {
    const file = fileOf(key);
    const text = await readFile(file, 'utf8').catch(unlessMissing);
    if (text === undefined) return undefined;
    const map = readText(text, key);
    if (!map) return void inTurn(() => rm(file, { force: true }));
    const now = new Date();
    void inTurn(() => utimes(file, now, now).catch(unlessMissing));
    remember(key, map, text.length);
    return map;
  }

  async function write(key: string, text: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const file = fileOf(key);
    // Beside it first: another window may read it at any time.
    const beside = `${file}.${process.pid}`;
    await writeFile(beside, text);
    await rename(beside, file);
    written += text.length;
    if (written > limit / PARTS) await tidy();
  }

  /** Removes the files used longest ago until the others are within the limit. */
  async function tidy(): Promise<void> {
    written = 0;
    const names = await readdir(folder);
    const found = await Promise.all(
      names.map(async (name) => {
        const file = path.join(folder, name);
        const info = await stat(file).catch(unlessMissing);
        return { file, bytes: info?.size ?? 0, used: info?.mtimeMs ?? 0 };
      }),
    );
    let total = found.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { file, bytes } of found.sort((a, b) => a.used - b.used)) {
      if (total <= limit) break;
      await rm(file, { force: true });
      total -= bytes;
    }
  }

  async function look(key: string): Promise<KeptMap | undefined> {
    const map = memory.get(key)?.map ?? (await read(key));
    if (!map) return undefined;
    if (await isCurrent(map.files)) return map;
    drop(key);
    void inTurn(() => rm(fileOf(key), { force: true }));
    return undefined;
  }

  return {
    find: async (params) => {
      const key = keyOf(params);
      try {
        const map = await look(key);
        const entry = memory.get(key);
        // It is the one used last now.
        if (map && entry) remember(key, map, entry.bytes);
        return map;
      } catch (thrown) {
        // It is computed again.
        failed(thrown);
        return undefined;
      }
    },
    keep: (params, { files, ...rest }) =>
      inTurn(async () => {
        const map = { ...rest, files: [...files, await engineStamp] };
        for (const key of keysOf(params, map.explanation)) {
          const text = textOf(key, map);
          remember(key, map, text.length);
          await write(key, text);
        }
      }),
    clear: () =>
      inTurn(async () => {
        memory.clear();
        inMemory = 0;
        await rm(folder, { recursive: true, force: true });
      }),
  };
}

async function stampOf(file: string): Promise<FileStamp> {
  const info = await stat(file).catch(unlessMissing);
  return { path: file, size: info?.size, mtime: info?.mtimeMs ?? 0 };
}

async function isCurrent(files: readonly FileStamp[]): Promise<boolean> {
  const now = await Promise.all(files.map((file) => stampOf(file.path)));
  return files.every(({ size, mtime }, i) => size === now[i]!.size && mtime === now[i]!.mtime);
}

/** What is not there is no failure of the store. */
function unlessMissing(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT' && thrown.code !== 'ENOTDIR') throw thrown;
  return undefined;
}
