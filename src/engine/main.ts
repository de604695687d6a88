/** The engine process: forked by src/client, it answers calls over its IPC channel until its parent is gone. */
import { reasonOf } from '../core/errors';
import type { FromEngine } from '../protocol/wire';
import { sessionsCreated } from './runtime';
import { serve } from './serve';
import { createService } from './service';

function main(): void {
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
  // Without its parent nobody can ask for anything; an orphan would hold gigabytes for ever.
  process.on('disconnect', () => process.exit(0));

  serve(
    createService(),
    { send: (packet) => void send(packet), onMessage: (receive) => void process.on('message', receive) },
    sessionsCreated,
  );
}

main();
