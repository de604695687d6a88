/**
 * The cache of computed maps. The most recent ones are in memory, and more of them are in a folder that all windows
 * share and that outlives them. A cached map needs no request to the engine.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isAbsent } from '../../core/system-errors';
import type { ExplainParams, FileStamp } from '../../protocol/requests';
import type { KeptMap } from './kept-form';
import { digestOf, keyOf, keysOf, readText, textOf } from './kept-map';

export interface MapStore {
  /** The cached map for a request, if no file that it depends on has changed. */
  find(params: ExplainParams): Promise<KeptMap | undefined>;
  /** Stores a map. Resolves when it is written, or if writing fails. */
  keep(params: ExplainParams, map: KeptMap): Promise<void>;
  /** Clears the cache. */
  clear(): Promise<void>;
}

export interface MapStoreOptions {
  readonly folder: string;
  /** Identity of the engine's build, since another build may compute other maps. */
  readonly engine: string;
  /** Called if a file of the cache can't be read or written. */
  failed(thrown: unknown): void;
  /** Limit in bytes, for the memory and for the folder separately. */
  readonly limit?: number;
}

const LIMIT = 64 * 2 ** 20;
/** The folder is cleaned up after every 1 / PARTS of the limit that was written. */
const PARTS = 8;

export function createMapStore({ folder, engine, failed, limit = LIMIT }: MapStoreOptions): MapStore {
  const memory = new Map<string, { readonly map: KeptMap; readonly bytes: number }>();
  const engineStamp = stampOf(engine);
  let inMemory = 0;
  let written = Number.POSITIVE_INFINITY;
  /** Serialises changes of the folder. */
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
    // A temporary file is written first and then renamed, since another window may read the file at any time.
    const beside = `${file}.${process.pid}`;
    await writeFile(beside, text);
    await rename(beside, file);
    written += text.length;
    if (written > limit / PARTS) await tidy();
  }

  /** Removes the least recently used files until the rest is within the limit. */
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
        // This makes the map the most recently used one.
        if (map && entry) remember(key, map, entry.bytes);
        return map;
      } catch (thrown) {
        // After a failure the map is computed again.
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

/** A missing file is not a failure. */
function unlessMissing(thrown: unknown): undefined {
  if (!isAbsent(thrown)) throw thrown;
  return undefined;
}
