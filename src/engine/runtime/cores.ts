/** How much of the machine the engine's process takes while somebody works in the window beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/**
 * Puts every thread of this process below the priority of ordinary programs. Threads that start later inherit it.
 *
 * On Linux a priority belongs to a thread, and Node has made a dozen threads before the first line of a program runs,
 * so each is set. Elsewhere it belongs to the process.
 */
export function lowerPriority(): void {
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
  for (const thread of threads) {
    try {
      os.setPriority(thread, os.constants.priority.PRIORITY_BELOW_NORMAL);
    } catch (error) {
      // A thread may have ended since it was listed; where the system forbids it, the engine runs as it is.
      console.error(`The priority of thread ${thread} stays: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/**
 * What the variable GROUP_CAM_THREADS says of the runtime's threads, for several processes that share a machine, such as the
 * tests'.
 *
 * @returns undefined where it says nothing
 */
export function askedThreads(text = process.env['GROUP_CAM_THREADS']): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

export interface Processors {
  /** Of the machine; undefined where the system does not tell cores from hardware threads. */
  readonly cores: number | undefined;
  /** Hardware threads that this process may use. */
  readonly available: number;
}

/**
 * How many threads the runtime computes with, so that the window keeps a core for itself where there are more than two.
 *
 * @returns undefined where the runtime's own count, one thread a core of the machine, is right
 */
export function computeThreads({ cores, available }: Processors = thisMachine()): number | undefined {
  if (cores === undefined) return undefined;
  const usable = Math.min(cores, available);
  const threads = usable > 2 ? usable - 1 : usable;
  return threads === cores ? undefined : threads;
}

function thisMachine(): Processors {
  return { cores: coresOf(process.platform, process.arch), available: os.availableParallelism() };
}

function coresOf(platform: NodeJS.Platform, arch: string): number | undefined {
  // These processors have one hardware thread a core.
  if (arch === 'arm64') return os.cpus().length;
  return platform === 'linux' ? coresIn(readFileSync('/proc/cpuinfo', 'utf8')) : undefined;
}

/** @param cpuinfo of Linux: a paragraph a hardware thread, which names the core and the chip that it belongs to */
export function coresIn(cpuinfo: string): number | undefined {
  const field = (paragraph: string, name: string) => new RegExp(`^${name}\\s*: (\\d+)$`, 'm').exec(paragraph)?.[1];
  const places = cpuinfo
    .split('\n\n')
    .filter((paragraph) => /^processor\s*:/m.test(paragraph))
    .map((paragraph) => [field(paragraph, 'physical id'), field(paragraph, 'core id')]);
  if (!places.length || places.some((place) => place.includes(undefined))) return undefined;
  return new Set(places.map(String)).size;
}
