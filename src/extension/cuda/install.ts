/**
 * A copy of onnxruntime's package with NVIDIA's providers beside its library, in the extension's storage. The runtime finds
 * providers in its own folder alone, and the extension's folder is replaced with every version.
 */
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { errors, reasonOf } from '../../core/errors';
import { fields, readJson } from '../../core/schema';
import { type Download, download } from './download';
import type { CudaRelease } from './release';
import { unpack } from './unpack';

/** Where things are. */
export interface CudaPlace {
  /** The folder in the extension's storage that has everything about CUDA, and nothing else. */
  readonly storage: string;
  /** The extension's own `node_modules`. */
  readonly packages: string;
  /** The version of its onnxruntime. */
  readonly runtime: string;
}

const BIN = path.join('bin', 'napi-v6', 'linux', 'x64');
/** It is written last, so that a folder with it is complete. */
const DONE = 'installed.json';
const INSTALLED = fields({ folders: v.array(v.string()) });

const placeOf = ({ storage, runtime }: CudaPlace) => path.join(storage, `onnxruntime-${runtime}`);

/** Whether anything is there that can be removed. */
export const hasAnything = ({ storage }: CudaPlace): boolean => existsSync(storage);

export const isInstalled = (place: CudaPlace): boolean => existsSync(path.join(placeOf(place), DONE));

/**
 * Variables of processes that use the copy; none if there is none.
 *
 * @param told gets a line if the copy is there but damaged
 */
export function environmentOf(
  place: CudaPlace,
  told: (line: string) => void,
  inherited = process.env['LD_LIBRARY_PATH'],
): Readonly<Record<string, string>> {
  if (!isInstalled(place)) return {};
  const file = path.join(placeOf(place), DONE);
  const found = readJson(INSTALLED, readFileSync(file, 'utf8'));
  if ('flaw' in found) {
    told(`${file} ${found.flaw.line}. CUDA is not used; remove it and enable it again.`);
    return {};
  }
  const folders = [...found.value.folders, ...(inherited ? [inherited] : [])].join(':');
  return { GROUP_CAM_RUNTIME: placeOf(place), ...(folders && { LD_LIBRARY_PATH: folders }) };
}

/** Bytes that come on the disk besides what is downloaded. */
export function unpackedBytes({ archive }: CudaRelease): number {
  return archive.files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * @param folders where the loader has to look for CUDA's libraries besides its own places
 * @throws cuda-failed, cancelled
 */
export async function install(
  place: CudaPlace,
  release: CudaRelease,
  folders: readonly string[],
  how: Download,
): Promise<void> {
  const { storage } = place;
  const archive = path.join(storage, `${release.archive.sha256.slice(0, 16)}.zip`);
  const draft = path.join(storage, 'draft');
  try {
    await mkdir(storage, { recursive: true });
    await checkSpace(storage, release.archive.bytes + unpackedBytes(release));
    await download({ url: release.url, ...release.archive }, archive, how);
    await rm(draft, { recursive: true, force: true });
    await copyRuntime(place, draft);
    const bin = path.join(draft, 'node_modules', 'onnxruntime-node', BIN);
    await unpack(archive, release.archive.files, bin, how.signal);
    await writeFile(path.join(draft, DONE), JSON.stringify({ folders }));
    await rm(placeOf(place), { recursive: true, force: true });
    await rename(draft, placeOf(place));
    await removeOthers(place);
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    // What was downloaded in part stays; a whole archive that can't be used does not.
    await rm(archive, { force: true });
    if (isOfSystem(thrown)) throw errors.cudaFailed(reasonOf(thrown), `Check ${storage}`);
    throw thrown;
  }
}

const isOfSystem = (thrown: unknown): boolean => typeof (thrown as { syscall?: unknown }).syscall === 'string';

/** Removes everything, also what was downloaded in part. */
export async function remove({ storage }: CudaPlace): Promise<void> {
  await rm(storage, { recursive: true, force: true });
}

async function removeOthers(place: CudaPlace): Promise<void> {
  const kept = path.basename(placeOf(place));
  for (const name of await readdir(place.storage))
    if (name !== kept) await rm(path.join(place.storage, name), { recursive: true, force: true });
}

async function copyRuntime({ packages }: CudaPlace, draft: string): Promise<void> {
  const parts = [['onnxruntime-common'], ...['package.json', 'dist', BIN].map((name) => ['onnxruntime-node', name])];
  for (const part of parts)
    await cp(path.join(packages, ...part), path.join(draft, 'node_modules', ...part), {
      recursive: true,
      dereference: true,
    });
}

async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes)
    throw errors.cudaFailed(
      `${folder} has room for ${megabytes(bavail * bsize)}, and it takes ${megabytes(bytes)}`,
      'Make room and enable it again',
    );
}

export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
