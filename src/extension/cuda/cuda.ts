/** CUDA in this window: its two commands, whether they are offered, and what processes need to use it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { errors } from '../../core/errors';
import { fields, parseJson } from '../../core/schema';
import { setContext } from '../context-keys';
import type { WindowEngine } from '../engine';
import type { Log } from '../log';
import { confirm, notify, progress, warn } from '../notify';
import { type CudaWindow, enableCuda, removeCuda } from './enable';
import { type CudaPlace, environmentOf, hasAnything, isInstalled } from './install';
import { type CudaRelease, releaseIn } from './release';
import { inspectSystem } from './system';

export interface Cuda {
  /** Variables of the processes that run models, as they are now. */
  environment(): Readonly<Record<string, string>>;
  enable(engine: WindowEngine, renew: () => void): Promise<void>;
  remove(engine: WindowEngine, renew: () => void): Promise<void>;
}

/** @param globalStorageUri where the libraries are kept for all windows */
export function createCuda(extensionUri: vscode.Uri, globalStorageUri: vscode.Uri, log: Log): Cuda {
  const packages = vscode.Uri.joinPath(extensionUri, 'node_modules').fsPath;
  const runtime = versionOf(path.join(packages, 'onnxruntime-node', 'package.json'));
  const place: CudaPlace = {
    storage: vscode.Uri.joinPath(globalStorageUri, 'cuda').fsPath,
    packages,
    runtime,
  };
  const release = releaseFor(vscode.Uri.joinPath(extensionUri, 'media', 'cuda.json').fsPath, runtime);
  let environment: Readonly<Record<string, string>> = {};
  const refresh = () => {
    environment = environmentOf(place, (line) => log.warn(line));
    setContext('groupCam.canEnableCuda', release !== undefined && !isInstalled(place));
    setContext('groupCam.hasCuda', hasAnything(place));
  };
  refresh();

  const windowOf = (engine: WindowEngine, renew: () => void): CudaWindow => ({
    ...{ inspectSystem, confirm, progress, notify, warn, fetch: globalThis.fetch },
    restart: async () => {
      refresh();
      engine.restart();
      renew();
    },
    devices: () => engine.call('devices', {}),
  });
  return {
    environment: () => environment,
    enable: async (engine, renew) => {
      if (!release) throw errors.cudaFailed('this version knows no package of libraries for this machine', 'Update it');
      await enableCuda(place, release, windowOf(engine, renew)).finally(refresh);
    },
    remove: (engine, renew) => removeCuda(place, windowOf(engine, renew)),
  };
}

function releaseFor(file: string, runtime: string): CudaRelease | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  return releaseIn(readFileSync(file, 'utf8'), runtime);
}

function versionOf(file: string): string {
  const fail = ({ line }: { readonly line: string }) => errors.internal(`${file} ${line}`);
  return parseJson(fields({ version: v.string() }), readFileSync(file, 'utf8'), fail).version;
}
