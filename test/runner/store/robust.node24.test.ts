/** What happens to run files that are broken, foreign, newer, read-only, shared, or whose writer is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { RunFile } from '../../../src/runner/store/form';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';
import { datasetOf, made, NO_EVENTS, rowFor, rowsOf, SIGNAL, VERSION } from './made';

const COUNT = 300;

async function failureOf(act: () => unknown): Promise<{ readonly code?: string; readonly message: string }> {
  try {
    await act();
  } catch (thrown) {
    assert.ok(thrown instanceof Error);
    assert.ok(!thrown.message.includes('\n'), thrown.message);
    return thrown;
  }
  return assert.fail('nothing was thrown');
}

/** Runs SQL on a file, past the store. */
function edit(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

describe('a run file that can not be used', () => {
  const folder = testFolder();
  const at = () => folder.at('r.groupcam');

  it('is named with what is wrong, and is left as it is', async () => {
    (await made(at(), COUNT)).close();
    const good = readFileSync(at());
    const cases: readonly (readonly [string, (file: string) => void, string, RegExp])[] = [
      ['gone', (file) => rmSync(file), 'run-file-invalid', /no such run file/],
      ['empty', (file) => writeFileSync(file, ''), 'run-file-invalid', /it is empty/],
      ['a text', (file) => writeFileSync(file, 'not a database'.repeat(100)), 'run-file-invalid', /it is no database/],
      ['cut off', (file) => truncateSync(file, 5000), 'run-file-invalid', /not a readable run file/],
      ['another program', (file) => edit(file, 'PRAGMA application_id = 5'), 'run-file-invalid', /another program/],
      [
        'newer',
        (file) => edit(file, 'PRAGMA user_version = 99'),
        'run-file-newer',
        /form 99, this one knows 2.*Update/,
      ],
      ['damaged JSON', (file) => edit(file, `UPDATE meta SET data = '{"id": 5}'`), 'run-file-invalid', /id: must be/],
      ['a short block', (file) => edit(file, `UPDATE row_blocks SET data = x'00'`), 'run-file-invalid', /has 1 bytes/],
      [
        'wrong ranks',
        (file) => edit(file, `UPDATE item_blocks SET data = CAST(x'ffffffffffffffff' || substr(data, 9) AS BLOB)`),
        'run-file-invalid',
        /not as it must be/,
      ],
      [
        'a far block',
        (file) => edit(file, 'UPDATE item_blocks SET block = 99999999999'),
        'run-file-invalid',
        /block 99999999999/,
      ],
      ['a table is missing', (file) => edit(file, 'DROP TABLE tags'), 'run-file-invalid', /no such table: tags/],
    ];
    for (const [name, spoil, code, reason] of cases) {
      writeFileSync(at(), good);
      spoil(at());
      const failure = await failureOf(async () => assert.ok(!(await openRunFile(at(), {})), name));
      assert.equal(failure.code, code, `${name}: ${failure.message}`);
      assert.match(failure.message, reason);
      assert.ok(failure.message.startsWith(at()), failure.message);
    }
    mkdirSync(folder.at('f.groupcam'));
    assert.match(
      (await failureOf(() => openRunFile(folder.at('f.groupcam'), { create: true }))).message,
      /it is a folder, not a file/,
    );
  });

  it('with overwritten pages fails by one clear line, when they are read', async () => {
    (await made(at(), COUNT)).close();
    const bytes = readFileSync(at());
    bytes.fill(0xa5, 4096);
    writeFileSync(at(), bytes);
    assert.equal((await failureOf(() => openRunFile(at(), {}))).code, 'run-file-invalid');
  });

  it('that was begun but has no tables yet is made', async () => {
    edit(at(), 'PRAGMA journal_mode = WAL');
    (await made(at(), 5)).close();
    const run = await openRunFile(at(), {});
    assert.equal(run.info().items, 5);
    run.close();
  });

  it('in a folder that is a file says so', async () => {
    const file = path.join(folder.write('f', 'x'), 'r.groupcam');
    const failure = await failureOf(() => openRunFile(file, { create: true }));
    assert.match(failure.message, /f/);
  });
});

describe('a run file that others use', () => {
  const folder = testFolder();
  const at = () => folder.at('r.groupcam');

  it('is only read where the caller says so, and shows what another process writes meanwhile', async () => {
    const writer = await made(at(), COUNT, 100);
    const reader = await openRunFile(at(), { readOnly: 'process 7 is computing' });
    assert.equal(reader.info().readOnly, 'process 7 is computing');
    const before = await rowsOf(reader, 'waiting');
    assert.equal(before.length, 100);
    writer.commitRows(
      1,
      writer.waiting(1, 60).map(({ id, categories }) => rowFor(id, categories)),
    );
    assert.equal((await rowsOf(reader, 'waiting')).length, 40);
    assert.deepEqual(await rowsOf(reader, ''), await rowsOf(writer, ''));
    for (const write of writes(reader)) assert.equal((await failureOf(write)).code, 'run-file-unwritable');
    writer.close();
    reader.close();
  });

  it('is opened although another process holds it for a moment, as one does that recovers what a kill has left', async () => {
    (await made(at(), COUNT)).close();
    const holder = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const { DatabaseSync } = require('node:sqlite');
       const db = new DatabaseSync(workerData);
       db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (a); ROLLBACK');
       parentPort.postMessage('held');
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
       db.close();`,
      { eval: true, workerData: at() },
    );
    await once(holder, 'message');
    const opened = await openRunFile(at(), {});
    assert.equal(opened.info().items, COUNT);
    opened.close();
    await once(holder, 'exit');
  });

  it('is changed by one of two that write at a time, and nothing is lost', async () => {
    const one = await made(at(), COUNT, COUNT);
    const other = new DatabaseSync(at());
    other.exec('BEGIN IMMEDIATE');
    assert.equal((await failureOf(() => one.setDataset(datasetOf(5)))).code, 'run-file-busy');
    other.exec('ROLLBACK');
    other.close();
    assert.equal(one.info().items, COUNT);
    assert.deepEqual(one.setDataset(datasetOf(COUNT)), { added: 0, changed: 0, gone: 0 });
    one.close();
  });
});

const writes = (run: RunFile): readonly (() => unknown)[] => [
  () => run.setDataset(datasetOf(5)),
  () => run.addVersion({ ...VERSION, hash: 'other' }),
  () => run.commitRows(1, [rowFor(1, [])]),
  () => run.commitMaps(1, []),
  () => run.tagKey({ tag: 'a', key: '1' }, NO_EVENTS),
  () => run.saveView({ view: { name: 'a', query: '' } }, NO_EVENTS),
];

describe('a run file on a full disk', () => {
  const folder = testFolder();

  it('keeps what was written before, and goes on when there is room', async () => {
    const file = folder.at('r.groupcam');
    const run = await made(file, COUNT, COUNT);
    run.commitRows(
      1,
      run.waiting(1, 50).map(({ id, categories }) => rowFor(id, categories)),
    );
    const before = await rowsOf(run, '');
    run.close();
    // A child may write no larger files than this, as on a full disk.
    const limit = Math.ceil(readFileSync(file).length / 1024) + 40;
    const script = `ulimit -f ${limit}; exec "$0" "$1" "$2"`;
    const child = spawn('bash', ['-c', script, process.execPath, path.join(__dirname, 'full.entry.js'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    await once(child, 'close');
    const { code, message, kept } = JSON.parse(said);
    assert.equal(code, 'run-file-unwritable', message);
    assert.match(message, /^[^\n]*r\.groupcam: can't be written \([^\n]*What was written before is kept[^\n]*$/);
    assert.equal(kept, true);
    const again = await openRunFile(file, {});
    const now = await rowsOf(again, '');
    for (const row of before.filter(({ state }) => state !== 'waiting'))
      assert.deepEqual(
        now.find(({ item }) => item === row.item),
        row,
      );
    for (;;) {
      const waiting = again.waiting(1, 100);
      if (waiting.length === 0) break;
      again.commitRows(
        1,
        waiting.map(({ id, categories }) => rowFor(id, categories)),
      );
    }
    again.close();
  });
});

describe('a run file whose writer is killed', () => {
  const folder = testFolder();

  it('loses no committed shard, has no part of another, and ends as if it had not been killed', async () => {
    const [file, whole] = [folder.at('k.groupcam'), folder.at('w.groupcam')];
    for (const shards of [1, 4, 11]) {
      const child = spawn(process.execPath, [path.join(__dirname, 'writer.entry.js'), file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = 0;
      for await (const data of child.stdout) {
        told += data.length;
        if (told >= shards) child.kill('SIGKILL');
      }
      const copy = folder.at(`copy-${shards}.groupcam`);
      copyFileSync(file, copy);
      const run = await openRunFile(file, {});
      const rows = await rowsOf(run, 'not waiting');
      assert.ok(rows.length >= told * 64 || rows.length === 3000, `${rows.length} rows of ${told} shards`);
      assert.ok(rows.length % 64 === 0 || rows.length === 3000, `${rows.length} rows`);
      run.close();
    }
    const killed = await openRunFile(file, {});
    for (;;) {
      const waiting = killed.waiting(1, 64);
      if (waiting.length === 0) break;
      killed.commitRows(
        1,
        waiting.map(({ id, categories }) => rowFor(id, categories)),
      );
    }
    const other = await made(whole, 3000);
    for (const run of [killed, other]) await run.updateAgreement(1, SIGNAL);
    const text = async (run: RunFile, name: string) => {
      const { list } = await run.list({ version: 1, query: '', first: 0 }, NO_EVENTS);
      await run.export(1, { list }, 'csv', folder.at(name), SIGNAL);
      return readFileSync(folder.at(name), 'utf8');
    };
    assert.equal(await text(killed, 'k.csv'), await text(other, 'w.csv'));
    killed.close();
    other.close();
  });
});
