/** A race of devices on the model in use, whose winner `auto` takes from then on. */
import path from 'node:path';
import * as v from 'valibot';
import { reasonOf } from '../../core/errors';
import { parseJson } from '../../core/schema';
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
export interface RaceMemory {
  recall(key: string): Promise<Device | undefined>;
  keep(key: string, device: Device): Promise<void>;
}

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
const KEPT = v.array(
  v.strictObject({
    key: v.string(),
    device: v.picklist(DEVICE_CHOICES.filter((device): device is Device => device !== 'auto')),
  }),
);

/** @param folder where winners are kept; without one they are forgotten with the process */
export function raceMemory(folder: string | undefined): RaceMemory {
  if (folder === undefined) return { recall: async () => undefined, keep: async () => {} };
  const file = path.join(folder, 'devices.json');
  async function all(): Promise<v.InferOutput<typeof KEPT>> {
    const text = await readText(file).catch(unlessMissing);
    if (text === undefined) return [];
    try {
      return parseJson(KEPT, text, ({ line }) => new Error(line));
    } catch (thrown) {
      console.error(`${file}: ${reasonOf(thrown)}. The devices race again.`);
      return [];
    }
  }
  return {
    recall: async (key) => (await all()).find((entry) => entry.key === key)?.device,
    keep: async (key, device) => {
      const others = (await all()).filter((entry) => entry.key !== key);
      await outputsBeside([]).write(file, JSON.stringify([...others, { key, device }].slice(-MOST)));
    },
  };
}

function unlessMissing(thrown: unknown): undefined {
  if ((thrown as { code?: unknown }).code === 'ENOENT') return undefined;
  throw thrown;
}
