/** Starts a process and carries packets to and from it. */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { reasonOf } from '../core/errors';
import type { ToServer, Transport } from '../protocol/channel/wire';

export interface ProcessOptions {
  /** The program's bundle. */
  readonly module: string;
  /** A Node executable, or Electron's. */
  readonly executable: string;
  /** Variables that it gets besides those of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Called with each line that the process writes to stdout or stderr. */
  log(line: string): void;
  /**
   * Called once, if the process could not be started, or after it has ended and everything it sent was received.
   * @param how the exit code, the signal, or why the process could not be started
   * @param complaint the first error that the process wrote, if any
   * @param killed whether something ended it from outside, so that its executable is not to blame
   */
  ended(how: string, complaint: string, killed: boolean): void;
}

export interface ChildProgram {
  readonly transport: Transport<ToServer>;
  readonly pid: number | undefined;
  /** Ends the process at once, even during a native call. */
  kill(): void;
}

/** Matches the line with the message in the report of an error. */
const ERROR_LINE = /^(?:Uncaught )?\w*Error\b.*/;

/** Milliseconds from the end of the channel until the process is killed. */
const LAST_MOMENTS = 500;

export function startProcess({ module, executable, environment, log, ended }: ProcessOptions): ChildProgram {
  const options: ForkOptions & { windowsHide: boolean } = {
    execPath: executable,
    // The process must not inherit the parent's inspector and loader flags.
    execArgv: [],
    env: { ...process.env, ...environment, ELECTRON_RUN_AS_NODE: '1' },
    serialization: 'advanced',
    silent: true,
    // Otherwise node.exe opens a console window.
    windowsHide: true,
  };
  let child: ChildProcess;
  try {
    child = fork(module, [], options);
  } catch (thrown) {
    queueMicrotask(() => ended(reasonOf(thrown), '', false));
    return { transport: { send: () => {}, onMessage: () => {} }, pid: undefined, kill: () => {} };
  }

  let refusal = '';
  child.on('error', (error) => {
    refusal = reasonOf(error);
  });
  let complaint = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      complaint ||= ERROR_LINE.exec(line)?.[0] ?? '';
      log(line);
    });
  }
  // A process that has closed its channel answers nothing any more. It is usually about to end, with a code of its own.
  let closed = '';
  child.on('disconnect', () => {
    const timer = setTimeout(() => {
      closed = 'its channel closed';
      child.kill('SIGKILL');
    }, LAST_MOMENTS);
    child.once('exit', () => clearTimeout(timer));
  });
  // 'close' comes after the last message and the last line of output, 'exit' may come before them.
  child.on('close', (code, signal) => {
    const how = signal ? `signal ${signal}` : `exit code ${code}`;
    ended(child.pid === undefined ? refusal : closed || how, complaint, signal !== null);
  });

  return {
    transport: {
      // The callback receives the error if the pipe is breaking. 'close' follows and reports the reason.
      send: (packet) => void child.send(packet, (error) => error && log(`not sent: ${reasonOf(error)}`)),
      onMessage: (receive) => void child.on('message', receive),
    },
    pid: child.pid,
    kill: () => void child.kill('SIGKILL'),
  };
}
