/** Servers of queues on the loopback, which tests start, kill and end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { until } from '../wait';

export interface Server {
  /** With its password. */
  readonly address: string;
  readonly password: string;
  readonly port: number;
  pid(): number;
  /** Ends it by SIGKILL, and starts it again on the same data. */
  killAndRestart(): Promise<void>;
  /** Ends it, and removes its data. */
  end(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Whose process it is; the caller's by default. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Of one that accepts connections before it answers: whether it answers. */
  readonly answers?: () => boolean;
}

/** Starts a program, and waits until it answers on the port. */
export async function startServer({ command, args, user, answers }: Program, port: number): Promise<ChildProcess> {
  for (;;) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...user });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text) => {
        said = `${said}${text}`.slice(-4000);
      });
    const state = await until(`${command} answers`, async () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended';
      return (await accepts(port)) && (answers?.() ?? true) && 'ready';
    });
    if (state === 'ready') return child;
    // What a killed server has left behind ends a moment later.
    if (!/shared memory block|lock file|Address already in use/.test(said)) throw new Error(`${command}: ${said}`);
  }
}

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
