/** The IPC channel of a forked process as the transport of `serve`, and how such a process ends. */
import { reasonOf } from '../core/errors';
import type { Service } from '../protocol/requests';
import type { FromEngine } from '../protocol/wire';
import { serve } from './serve';
import { watchProcess } from './watch';

/** What answers the calls; see `serve`. */
export interface Served {
  readonly service: Service;
  readonly sessionsCreated: () => number;
}

/**
 * Answers the parent's calls until it is gone.
 *
 * @param load loads most of the program; the thread that watches starts meanwhile, on another core
 */
export async function serveParent(load: () => Promise<Served>): Promise<void> {
  if (!process.send) {
    console.error('This is the engine of Group-CAM, which the extension starts. On a command line use group-cam.');
    process.exitCode = 1;
    return;
  }
  const send = process.send.bind(process);

  process.on('uncaughtException', (thrown) => {
    console.error(thrown);
    const last: FromEngine = { kind: 'fatal', message: reasonOf(thrown) };
    send(last, undefined, undefined, () => process.exit(1));
  });
  // Without its parent nobody can ask for anything; an orphan would hold gigabytes for ever. Threads that are stuck hold up
  // an exit, and a stuck main thread hears of no disconnection.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  watchProcess({ parent: process.ppid });

  const { service, sessionsCreated } = await load();
  serve(
    service,
    { send: (packet) => void send(packet), onMessage: (receive) => void process.on('message', receive) },
    sessionsCreated,
  );
}
