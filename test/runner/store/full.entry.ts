/** Commits rows until that fails, and prints the failure: `node full.entry.js FILE`. */
import { ExplainError } from '../../../src/core/errors';
import { openRunFile } from '../../../src/runner/store/open';
import { rowFor, rowsOf } from './made';

async function write(): Promise<void> {
  const run = await openRunFile(process.argv[2]!, {});
  for (;;) {
    const before = await rowsOf(run, '');
    const waiting = run.waiting(1, 25);
    if (waiting.length === 0) break;
    try {
      run.commitRows(
        1,
        waiting.map(({ id, categories }) => rowFor(id, categories)),
      );
    } catch (thrown) {
      if (!(thrown instanceof ExplainError)) throw thrown;
      const kept = JSON.stringify(await rowsOf(run, '')) === JSON.stringify(before);
      process.stdout.write(JSON.stringify({ code: thrown.code, message: thrown.message, kept }));
      return;
    }
  }
}

void write();
