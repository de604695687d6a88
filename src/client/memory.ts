/** Measures and limits the memory of another process. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Probe {
  /** Milliseconds between two measurements. */
  readonly interval: number;
  /** Resident memory of the process in bytes; undefined once it has ended. */
  readonly resident: (pid: number) => Promise<number | undefined>;
}

/** Parses KiB as printed by a program, possibly with separators between groups of three digits. */
const kibibytes = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text.replace(/\D/g, '')) * 1024;

/** Returns undefined if the process has ended: then its file is missing, or the program's exit code says so. */
const unlessGone = <T>(look: () => T | Promise<T>): Promise<T | undefined> =>
  new Promise<T>((resolve) => resolve(look())).catch(() => undefined);

const LINUX: Probe = {
  interval: 100,
  resident: (pid) =>
    unlessGone(() => kibibytes(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])),
};
/** On these systems each measurement starts a program, so the interval is longer. */
const OTHERS: Readonly<Partial<Record<NodeJS.Platform, Probe>>> = {
  darwin: {
    interval: 1000,
    resident: (pid) => unlessGone(async () => kibibytes((await run('/bin/ps', ['-o', 'rss=', '-p', `${pid}`])).stdout)),
  },
  win32: {
    interval: 2000,
    // "node.exe","4711","Console","1","123,456 K"
    resident: (pid) =>
      unlessGone(async () => {
        const { stdout } = await run('tasklist', ['/fi', `PID eq ${pid}`, '/fo', 'csv', '/nh'], { windowsHide: true });
        return kibibytes(/"([^"]+)"\s*$/.exec(stdout)?.[1]);
      }),
  },
};

/**
 * Watches the memory of a process until the returned function is called. The process can't do this itself, since it
 * blocks its thread while it computes.
 *
 * @param pid undefined if the process could not be started
 * @param bytes the limit
 * @param busy whether the process has work; idle processes do not allocate
 * @param exceeded called once, when the limit is exceeded
 */
export function watchMemory(pid: number | undefined, bytes: number, busy: () => boolean, exceeded: () => void) {
  const { interval, resident } = OTHERS[process.platform] ?? LINUX;
  let timer: NodeJS.Timeout | undefined;
  let stopped = pid === undefined;
  async function look(): Promise<void> {
    const held = busy() ? await resident(pid!) : 0;
    if (stopped) return;
    if (held !== undefined && held > bytes) exceeded();
    else timer = setTimeout(look, interval);
  }
  if (!stopped) timer = setTimeout(look, interval);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Half of the memory of the machine, or of the container, in bytes. */
export function halfOfMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / 2;
}
