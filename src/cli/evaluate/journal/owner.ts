/**
 * Which process a note in a file speaks of, and whether that one still runs. Ids are used again, so a process is its id and
 * its start: on Linux the system's boot and the ticks since then, on macOS a time of day. Windows is asked for the id alone;
 * another process that has it now counts as the one that was meant.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';

export interface ProcessId {
  readonly pid: number;
  /** Where the id counts: the machine, on Linux with the process's namespace, since containers share names of machines. */
  readonly host?: string | undefined;
  readonly start?: string | undefined;
}

/** This process. */
export function ownId(): ProcessId {
  const start = stateOf(process.pid)?.start;
  return { pid: process.pid, host: ownHost(), ...(start !== undefined && { start }) };
}

/** False only if it has certainly ended: one of another machine may run, and so may one that nothing is known of. */
export function mayRun({ pid, host, start }: ProcessId): boolean {
  if (host !== undefined && host !== ownHost()) return true;
  if (!exists(pid)) return false;
  const now = stateOf(pid);
  if (!now) return true;
  return !now.ended && (start === undefined || now.start === start);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function ownHost(): string {
  const namespace = process.platform === 'linux' ? attempt(() => readlinkSync('/proc/self/ns/pid')) : undefined;
  return namespace === undefined ? os.hostname() : `${os.hostname()} ${namespace}`;
}

interface State {
  readonly start: string;
  /** Only its exit status is left, for a parent that has not asked for it. */
  readonly ended: boolean;
}

/** Undefined where the system does not tell. */
function stateOf(pid: number): State | undefined {
  const ask = STATE_BY_PLATFORM[process.platform];
  return ask && attempt(() => ask(pid));
}

const STATE_BY_PLATFORM: { readonly [P in NodeJS.Platform]?: (pid: number) => State } = {
  linux: (pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the program's name, which may have spaces and brackets, come fields 3 and on of proc(5).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, threads, ticks] = [fields[3 - 3]!, Number(fields[20 - 3]), fields[22 - 3]!];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The first thread may have ended before others, which still write.
    return { start: `${boot} ${ticks}`, ended: /[ZX]/.test(state) && threads <= 1 };
  },
  darwin: (pid) => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], { env, encoding: 'utf8' }).trim();
    const [, state, start] = /^(\S+)\s+(\S.*)$/.exec(line)!;
    return { start: start!, ended: state!.startsWith('Z') };
  },
};

/** What can't be found out is not known; whoever asks takes the safe side. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
