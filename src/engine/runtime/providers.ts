/** onnxruntime's execution providers: their names, and the files that those of NVIDIA need. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { reasonOf } from '../../core/errors';
import { cardOf, type Device, type DeviceKind, driverIn, kindOf } from '../../protocol/devices';

/** A provider in the runtime's form. */
export interface Provider {
  readonly name: DeviceKind;
  readonly deviceId?: number;
  readonly coreMlFlags?: number;
}

/** The provider for a device; others after it take the nodes that it can't run. */
export function providersFor(device: Device): Provider[] {
  const name = kindOf(device);
  const deviceId = cardOf(device);
  // This flag selects the ML program format; the older format lacks most operators.
  if (name === 'coreml') return [{ name, coreMlFlags: 0x010 }];
  if (name === 'cuda') return [{ name, deviceId }];
  if (name === 'tensorrt') return [{ name, deviceId }, { name: 'cuda' }];
  return [{ name }];
}

/** Libraries of onnxruntime beside its own, in the order in which they are loaded. */
const LIBRARIES: Readonly<Partial<Record<DeviceKind, readonly string[]>>> = {
  cuda: ['shared', 'cuda'],
  tensorrt: ['shared', 'cuda', 'tensorrt'],
};

const librariesOf = (device: Device) =>
  (LIBRARIES[kindOf(device)] ?? []).map((name) => `libonnxruntime_providers_${name}.so`);

/**
 * Why a provider of NVIDIA can't be loaded, as far as files show it.
 *
 * @param folder of onnxruntime's own library
 */
export function missingFiles(device: Device, folder: string, version: string): string | undefined {
  const missing = librariesOf(device).filter((name) => !existsSync(path.join(folder, name)));
  if (missing.length === 0) return undefined;
  const source = `https://www.nuget.org/packages/Microsoft.ML.OnnxRuntime.Gpu.Linux/${version}`;
  return `it needs the libraries of CUDA 13, and ${missing.join(' and ')} of ${source} (runtimes/linux-x64/native) in ${folder}`;
}

/** onnxruntime says no more than this, and prints the loader's message instead. */
const NOT_LOADED = /failed to load shared library/i;

/**
 * The loader's own words after onnxruntime has failed to load a provider; they name the library that is missing.
 *
 * @returns undefined if that is not why it failed
 */
export function whyNotLoaded(device: Device, folder: string, reason: string): string | undefined {
  if (!NOT_LOADED.test(reason)) return undefined;
  for (const name of librariesOf(device)) {
    const flaw = flawOf(path.join(folder, name));
    if (flaw) return `${name} can't be loaded: ${flaw}`;
  }
  return undefined;
}

/** A library that can be loaded is no addon of Node, which then says so. */
const NO_ADDON = /did not self-register/;

function flawOf(library: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, library);
    return undefined;
  } catch (error) {
    const reason = reasonOf(error);
    return NO_ADDON.test(reason) ? undefined : reason.replace(`${library}: `, '');
  }
}

/** NVIDIA's driver: its version, and the number of its cards. Undefined without one. */
export interface Driver {
  readonly version: string;
  readonly cards: number;
}

/** @param proc the folder of Linux's kernel with NVIDIA's driver */
export function nvidiaDriver(proc = '/proc/driver/nvidia'): Driver | undefined {
  const file = path.join(proc, 'version');
  if (!existsSync(file)) return undefined;
  const version = driverIn(readFileSync(file, 'utf8'));
  const cards = path.join(proc, 'gpus');
  return { version: version ?? 'unknown', cards: existsSync(cards) ? readdirSync(cards).length : 1 };
}
