/** A process that commits shards to a run file until it is killed: `node writer.entry.js FILE`. */
import { made, rowFor } from './made';

async function write(): Promise<void> {
  const run = await made(process.argv[2]!, 3000, 3000);
  for (;;) {
    const waiting = run.waiting(1, 64);
    if (waiting.length === 0) break;
    run.commitRows(
      1,
      waiting.map(({ id, categories }) => rowFor(id, categories)),
    );
    process.stdout.write('.');
  }
}

void write();
