/** Whether this machine has what CUDA needs besides onnxruntime's own libraries: NVIDIA's driver and runtime. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { driverIn } from '../../protocol/devices';

/** The libraries of CUDA 13 that onnxruntime's provider names as needed (`readelf -d`, version 1.29). */
export const NEEDED = ['libcudart.so.13', 'libcublas.so.13', 'libcublasLt.so.13', 'libcurand.so.10'] as const;
/** A part of the driver. */
const DRIVER = 'libcuda.so.1';
/** NVIDIA's release notes of CUDA 13.0 name driver 580 as the oldest for Linux. */
export const OLDEST_DRIVER = 580;

export interface CudaSystem {
  /** The driver's version; undefined without a driver. */
  readonly driver: string | undefined;
  /** Libraries that were not found. */
  readonly missing: readonly string[];
  /** Folders in which the loader doesn't look by itself and that have some of the libraries. */
  readonly folders: readonly string[];
}

/** What can be looked at; tests give other folders. */
export interface Places {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folders of the loader's cache. */
  cached(): Promise<readonly string[]>;
}

export async function inspectSystem({ root, environment, cached }: Places = here): Promise<CudaSystem> {
  const version = path.join(root, 'proc', 'driver', 'nvidia', 'version');
  const driver = existsSync(version) ? driverIn(readFileSync(version, 'utf8')) : undefined;
  const own = [
    ...(environment['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean),
    ...(await cached()),
    ...['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'lib64', 'usr/lib64', 'usr/lib'].map((name) =>
      path.join(root, name),
    ),
  ];
  const others = [
    ...toolkits(path.join(root, 'usr', 'local')),
    path.join(root, 'opt', 'cuda', 'lib64'),
    path.join(root, 'usr', 'lib', 'wsl', 'lib'),
    ...(environment['CONDA_PREFIX'] ? [path.join(environment['CONDA_PREFIX'], 'lib')] : []),
  ];
  const has = (folder: string, name: string) => existsSync(path.join(folder, name));
  const lacked = [...NEEDED, DRIVER].filter((name) => !own.some((folder) => has(folder, name)));
  const found = new Map(lacked.map((name) => [name, others.find((folder) => has(folder, name))]));
  return {
    driver: driver ?? (found.get(DRIVER) ? 'of Windows' : undefined),
    missing: [...found].flatMap(([name, folder]) => (folder === undefined ? [name] : [])),
    folders: [...new Set([...found.values()].filter((folder) => folder !== undefined))],
  };
}

/** The folders of libraries of all versions of CUDA's toolkit, the newest first. */
function toolkits(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name === 'cuda' || name.startsWith('cuda-13'));
  return names
    .sort()
    .reverse()
    .flatMap((name) => ['lib64', 'lib', 'targets/x86_64-linux/lib'].map((part) => path.join(folder, name, part)));
}

const here: Places = { root: '/', environment: process.env, cached };

async function cached(): Promise<readonly string[]> {
  const program = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find(existsSync);
  if (!program) return [];
  const { stdout } = await promisify(execFile)(program, ['-p'], { maxBuffer: 2 ** 24 });
  const folders = [...stdout.matchAll(/^\s.*x86-64.* => (.+)$/gm)].map((match) => path.dirname(match[1]!));
  return [...new Set(folders)];
}
