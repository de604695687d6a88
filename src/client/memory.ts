/** How much memory another process holds, and how much it may hold. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Probe {
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Bytes of the process in physical memory; undefined once it is gone. */
  readonly resident: (pid: number) => Promise<number | undefined>;
}

/** KiB as a program prints them, perhaps in groups of three. */
const kibibytes = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text.replace(/\D/g, '')) * 1024;

/** A process that is gone has no file, and the programs then say so with their exit code. */
const unlessGone = <T>(look: () => T | Promise<T>): Promise<T | undefined> =>
  new Promise<T>((resolve) => resolve(look())).catch(() => undefined);

const LINUX: Probe = {
  interval: 100,
  resident: (pid) =>
    unlessGone(() => kibibytes(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])),
};
/** Each look starts a program. */
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
 * Looks at a process, which blocks its own thread while it computes, until the returned function is called.
 *
 * @param pid undefined: one that could not be started
 * @param bytes that it may hold
 * @param busy whether it has work; an idle one takes no memory
 * @param exceeded is called once
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
