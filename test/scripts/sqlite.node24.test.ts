import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { testFolder } from '../support/folder';

/** Commits one row, leaves another uncommitted, and waits to be killed. */
const WRITER = `
  const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE items (path TEXT)');
  db.exec("BEGIN; INSERT INTO items VALUES ('committed'); COMMIT");
  db.exec("BEGIN; INSERT INTO items VALUES ('uncommitted')");
  process.stdout.write('written');
  setInterval(() => {}, 1000);`;

describe('node:sqlite', () => {
  const folder = testFolder();

  it('keeps what was committed, and nothing else, of a process that was killed', async () => {
    const file = folder.at('items.db');
    const writer = spawn(process.execPath, ['-e', WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const db = new DatabaseSync(file);
    try {
      assert.deepEqual({ ...db.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' });
      assert.deepEqual(
        db
          .prepare('SELECT path FROM items')
          .all()
          .map(({ path }) => path),
        ['committed'],
      );
    } finally {
      db.close();
    }
  });
});
