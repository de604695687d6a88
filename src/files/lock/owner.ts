/**
 * Identifies processes in files, and tells whether they are still running. The system reuses ids, so a process is
 * identified by its id and its start: on Linux the boot and the ticks since then, on macOS the time of day. On Windows
 * only the id is used, so another process with the same id counts as the same process.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';

export interface ProcessId {
  readonly pid: number;
  /**
   * Where the id is valid: the machine and, on Linux, the process's namespace, since containers may share the name of a
   * machine.
   */
  readonly host?: string | undefined;
  readonly start?: string | undefined;
}

/** The identity of this process. */
export function ownId(): ProcessId {
  const start = stateOf(process.pid)?.start;
  return { pid: process.pid, host: ownHost(), ...(start !== undefined && { start }) };
}

/**
 * False only if the process has certainly ended. Processes of other machines, and those that can't be examined, may be
 * running.
 */
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
  /** True for a zombie: only the exit status is left, for a parent that has not fetched it. */
  readonly ended: boolean;
}

/** Undefined if the system does not say. */
function stateOf(pid: number): State | undefined {
  const ask = STATE_BY_PLATFORM[process.platform];
  return ask && attempt(() => ask(pid));
}

const STATE_BY_PLATFORM: { readonly [P in NodeJS.Platform]?: (pid: number) => State } = {
  linux: (pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 3 and following of proc(5) come after the program's name, which may have spaces and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, threads, ticks] = [fields[3 - 3]!, Number(fields[20 - 3]), fields[22 - 3]!];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The first thread may have ended while other threads still write.
    return { start: `${boot} ${ticks}`, ended: /[ZX]/.test(state) && threads <= 1 };
  },
  darwin: (pid) => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], { env, encoding: 'utf8' }).trim();
    const [, state, start] = /^(\S+)\s+(\S.*)$/.exec(line)!;
    return { start: start!, ended: state!.startsWith('Z') };
  },
};

/** Undefined if the question fails; the caller then assumes the safe answer. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
