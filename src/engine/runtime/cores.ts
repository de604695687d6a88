/** Limits the share of the machine that the engine's process takes, since a person works in the window beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { asksForLowPriority } from '../../server/variables';

/**
 * Puts every thread of this process below the priority of ordinary programs. Threads that start later inherit it.
 *
 * On Linux each thread has its own priority, and Node creates a dozen threads before the first line of a program runs,
 * so the priority of each is set. On other systems the priority belongs to the process.
 */
export function lowerPriority(priority = askedPriority()): void {
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
  for (const thread of threads) {
    try {
      os.setPriority(thread, priority);
    } catch (error) {
      // A thread may have ended since it was listed. If the system forbids the change, the engine runs with its normal
      // priority.
      console.error(`The priority of thread ${thread} stays: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** On Windows the lowest priority would get no time at all beside others. */
function askedPriority(): number {
  const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = os.constants.priority;
  return asksForLowPriority() && process.platform !== 'win32' ? PRIORITY_LOW : PRIORITY_BELOW_NORMAL;
}

export interface Processors {
  /** Cores of the machine; undefined if the system does not distinguish cores from hardware threads. */
  readonly cores: number | undefined;
  /** Hardware threads that this process may use. */
  readonly available: number;
}

/**
 * The number of the runtime's threads. On machines with more than two cores, one core is left to the window.
 *
 * @returns undefined if the runtime's own choice, one thread for each core, is right
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
  // These processors have one hardware thread per core.
  if (arch === 'arm64') return os.cpus().length;
  return platform === 'linux' ? coresIn(readFileSync('/proc/cpuinfo', 'utf8')) : undefined;
}

/** @param cpuinfo Linux's /proc/cpuinfo: one paragraph for each hardware thread, with its core and its chip */
export function coresIn(cpuinfo: string): number | undefined {
  const field = (paragraph: string, name: string) => new RegExp(`^${name}\\s*: (\\d+)$`, 'm').exec(paragraph)?.[1];
  const places = cpuinfo
    .split('\n\n')
    .filter((paragraph) => /^processor\s*:/m.test(paragraph))
    .map((paragraph) => [field(paragraph, 'physical id'), field(paragraph, 'core id')]);
  if (!places.length || places.some((place) => place.includes(undefined))) return undefined;
  return new Set(places.map(String)).size;
}
