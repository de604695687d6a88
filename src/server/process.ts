/** The IPC channel of a forked process as the transport of `serve`, and how such a process ends. */
import { reasonOf } from '../core/errors';
import type { FromServer } from '../protocol/channel/wire';
import type { Peer, RequestTable } from '../protocol/table';
import { createOutgoing } from './outgoing';
import { type Answers, serve } from './serve';
import { watchProcess } from './watch';

/** What answers calls; see `serve`. */
export interface Served<T extends RequestTable<T>> extends Answers<T> {
  readonly sessionsCreated: () => number;
}

/**
 * Answers the parent's calls until the parent ends.
 *
 * @param load loads most of the program; the watching thread starts at the same time, on another core. It gets what resolves
 *   once everything that was sent is written
 */
export async function serveParent<T extends RequestTable<T>>(
  peer: Peer,
  load: (written: () => Promise<void>) => Promise<Served<T>>,
): Promise<void> {
  if (!process.send) {
    console.error(
      `This is the ${peer.name} of Group-CAM, which other programs start. On a command line use group-cam.`,
    );
    process.exitCode = 1;
    return;
  }
  const send = process.send.bind(process);

  process.on('uncaughtException', (thrown) => {
    console.error(thrown);
    const last: FromServer = { kind: 'fatal', message: reasonOf(thrown) };
    send(last, undefined, undefined, () => process.exit(1));
  });
  // Without its parent the process is useless, and it would hold gigabytes for ever. Stuck threads would block a normal
  // exit, so the process kills itself. A stuck main thread does not receive this event; `watchProcess` handles that
  // case.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  watchProcess({ parent: process.ppid });

  const outgoing = createOutgoing<FromServer>(send);
  const { service, params, sessionsCreated } = await load(outgoing.written);
  serve(
    peer,
    { service, params },
    { send: outgoing.send, onMessage: (receive) => void process.on('message', receive) },
    sessionsCreated,
  );
}
