/** A race of devices on the model in use, whose winner `auto` takes from then on. */
import path from 'node:path';
import * as v from 'valibot';
import { reasonOf } from '../../core/errors';
import { parseJson } from '../../core/schema';
import { isAbsent } from '../../core/system-errors';
import { readText } from '../../files/open';
import { outputsBeside } from '../../files/output';
import { DEVICE_CHOICES, type Device } from '../../protocol/devices';

/** How devices race on a model. */
export interface Race {
  /** Identity of the model and of what is run of it. */
  readonly model: string;
  /** Milliseconds of one run on a device for each image in it, after it has warmed up; may throw. */
  time(device: Device): Promise<number>;
}

/** Winners of earlier races. */
export interface Memory<T> {
  recall(key: string): Promise<T | undefined>;
  keep(key: string, won: T): Promise<void>;
}
export type RaceMemory = Memory<Device>;

/**
 * The fastest device; the earlier of two that take the same time.
 *
 * @param failed is told of a device that could not run; it may throw
 * @throws what `failed` throws; RangeError if no device is left
 */
export async function fastest<D>(
  devices: readonly D[],
  time: (device: D) => Promise<number>,
  failed: (device: D, thrown: unknown) => void,
): Promise<D> {
  let best: { readonly device: D; readonly milliseconds: number } | undefined;
  // One after the other, since they are timed.
  for (const device of devices) {
    try {
      const milliseconds = await time(device);
      if (!best || milliseconds < best.milliseconds) best = { device, milliseconds };
    } catch (thrown) {
      failed(device, thrown);
    }
  }
  if (!best) throw new RangeError('no device is left');
  return best.device;
}

/** Runs after the first one, which compiles and tunes; a run that takes longer than this, in milliseconds, is the last. */
const RUNS = 3;
const SLOW = 500;

/** Milliseconds of the fastest of a few runs, after one that warms up. */
export async function timeOf(run: () => Promise<unknown>): Promise<number> {
  await run();
  let milliseconds = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS && !(milliseconds > SLOW && i > 0); i++) {
    const start = performance.now();
    await run();
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  return milliseconds;
}

/** The most races that are remembered; the oldest is forgotten first. */
const MOST = 200;

/** @param folder where winners are kept; without one they are forgotten with the process */
export function raceMemory(folder: string | undefined): RaceMemory {
  return memoryIn(
    folder,
    'devices.json',
    DEVICE_CHOICES.filter((device): device is Device => device !== 'auto'),
  );
}

/** Winners that are kept in a file of a folder, or in none. */
export function memoryIn<const T extends string>(
  folder: string | undefined,
  name: string,
  rivals: readonly T[],
): Memory<T> {
  if (folder === undefined) return { recall: async () => undefined, keep: async () => {} };
  const file = path.join(folder, name);
  const kept = v.array(v.strictObject({ key: v.string(), won: v.picklist(rivals) }));
  async function all(): Promise<{ key: string; won: T }[]> {
    const text = await readText(file).catch(unlessMissing);
    if (text === undefined) return [];
    try {
      return parseJson(kept, text, ({ line }) => new Error(line));
    } catch (thrown) {
      console.error(`${file}: ${reasonOf(thrown)}. The race is run again.`);
      return [];
    }
  }
  return {
    recall: async (key) => (await all()).find((entry) => entry.key === key)?.won,
    keep: async (key, won) => {
      const others = (await all()).filter((entry) => entry.key !== key);
      await outputsBeside([]).write(file, JSON.stringify([...others, { key, won }].slice(-MOST)));
    },
  };
}

function unlessMissing(thrown: unknown): undefined {
  if (isAbsent(thrown)) return undefined;
  throw thrown;
}
