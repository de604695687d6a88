/** Commits of shards: the first one wins, and whatever is not one of the plan's is refused. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { link } from 'node:fs/promises';
import path from 'node:path';
import { commitShard, readRows } from '../../../src/runner/shards/commit';
import { completion, findCommits, isCommitted, watchCommits } from '../../../src/runner/shards/find';
import { createWhole, type Link } from '../../../src/runner/shards/folder';
import { jobOf } from '../../../src/runner/shards/perform';
import { type Plan, sharePlan } from '../../../src/runner/shards/plan';
import { testFolder } from '../../support/folder';
import { until } from '../../support/wait';
import { PROCESSOR, planned, rowsOf, taskOf } from './made';

const failsWith = (code: string) => Object.assign(new Error(code), { code });

describe('commits of shards', () => {
  const folder = testFolder();
  let plan: Plan;
  beforeEach(async () => {
    plan = await sharePlan(folder.at('s'), await planned(25));
  });
  const block = () => folder.at('s', 'shards', '0000');

  async function commit(shard: number, make?: Link, device = 'cpu') {
    const job = jobOf(taskOf(plan), shard);
    const items = await plan.itemsOf(shard);
    return commitShard(plan, job, { ...rowsOf(items), device }, items, PROCESSOR, make);
  }

  async function found() {
    const all = [];
    for await (const one of findCommits(plan)) all.push({ ...one, commit: (await readRows(plan, one)).commit });
    return all;
  }

  it('give back the rows bit by bit, with the files of the reader, and name processor and device', async () => {
    const job = jobOf(taskOf(plan), 1);
    const items = await plan.itemsOf(1, undefined, '/workers/images');
    const made = rowsOf(items);
    const odd = made.rows.find((row) => 'swept' in row)!;
    Object.assign('swept' in odd ? odd.swept : {}, { loss: Number.POSITIVE_INFINITY, margin: Number.NaN });
    await commitShard(plan, job, { ...made, lacking: ['a reason', 'another'] }, items, PROCESSOR);
    const [commit] = await found();
    assert.deepEqual(commit!.commit.worker, { processor: PROCESSOR, device: 'cpu' });
    assert.deepEqual(commit!.commit.lacking, { maps: 2, reason: 'a reason' });
    const failed = made.rows.filter((row) => 'error' in row).length;
    assert.ok(failed > 0 && made.maps.length > 0);
    assert.equal(commit!.commit.failed, failed);
    const { rows, maps } = await readRows(plan, commit!, '/here');
    const expected = made.rows.map((row) =>
      'error' in row
        ? { ...row, error: { ...row.error, message: row.error.message.replaceAll('/workers/images', '/here') } }
        : row,
    );
    assert.deepEqual(rows, expected);
    assert.deepEqual(
      maps,
      made.maps.map(({ method: _, ...map }) => map),
    );
  });

  /** The link is made, and the answer that it was is lost; the client asks again and is told that it is there. */
  const lostAnswer: Link = async (draft, file) => {
    await link(draft, file);
    throw failsWith('EEXIST');
  };
  const noLinks: Link = async () => {
    throw failsWith('EPERM');
  };

  for (const [what, make] of [
    ['by hard links', undefined],
    ['without hard links', noLinks],
  ] as const)
    it(`${what} are made by one of many that come at once`, async () => {
      const outcomes = await Promise.all(Array.from({ length: 12 }, (_, i) => commit(0, make, `device ${i}`)));
      assert.equal(outcomes.filter((outcome) => outcome === 'committed').length, 1);
      const [only, ...others] = await found();
      assert.deepEqual(others, []);
      assert.equal(only!.commit.worker.device, `device ${outcomes.indexOf('committed')}`);
      assert.equal((await readRows(plan, only!)).rows.length, 10);
      const names = readdirSync(block()).sort();
      assert.equal(names.length, make ? 2 : 1, names.join());
      assert.equal(await commit(0, make), 'there');
    });

  it('by a link whose answer was lost are commits', async () => {
    assert.equal(await commit(0, lostAnswer), 'committed');
    assert.equal((await found()).length, 1);
    assert.deepEqual(readdirSync(block()), ['0000000.rows']);
  });

  it('that are damaged anywhere are refused', async () => {
    await commit(0);
    const file = path.join(block(), '0000000.rows');
    const whole = readFileSync(file);
    const places = [0, 63, 64, 70, 200, 600, Math.floor(whole.length / 2), whole.length - 1];
    for (const place of places) {
      const damaged = Buffer.from(whole);
      damaged[place]! ^= 1;
      writeFileSync(file, damaged);
      await assert.rejects(readAll(), { code: 'shared-invalid', message: /0000000\.rows.*(damaged|ends too early)/ });
    }
    for (const length of [0, 10, 64, 300, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      await assert.rejects(readAll(), { code: 'shared-invalid' });
    }
    writeFileSync(file, Buffer.concat([whole, Buffer.from('x')]));
    await assert.rejects(readAll(), { code: 'shared-invalid', message: /rows are damaged/ });
    writeFileSync(file, whole);
    assert.equal((await readAll()).length, 1);
  });

  async function readAll() {
    const all = [];
    for await (const one of findCommits(plan)) all.push(await readRows(plan, one));
    return all;
  }

  it('of another plan, or of other images than their name says, are refused', async () => {
    const other = await sharePlan(folder.at('other'), await planned(25, {}, { for: 'wrong' }));
    const items = await other.itemsOf(0);
    await commitShard(other, jobOf(taskOf(other), 0), rowsOf(items), items, PROCESSOR);
    await commit(1);
    writeFileSync(
      path.join(block(), '0000000.rows'),
      readFileSync(folder.at('other', 'shards', '0000', '0000000.rows')),
    );
    await assert.rejects(readAll(), { code: 'shared-invalid', message: /it is of another plan/ });
    renameSync(path.join(block(), '0000001.rows'), path.join(block(), '0000000.rows'));
    await assert.rejects(readAll(), { code: 'shared-invalid', message: /of other images than its name says/ });
    // Names that can't be one of the plan's are none of its business.
    for (const name of ['0000009.rows', '0000000.5-99.rows', '0000000.7-7.rows', 'x.rows'])
      linkSync(path.join(block(), '0000000.rows'), path.join(block(), name));
    rmSync(path.join(block(), '0000000.rows'));
    assert.deepEqual(await readAll(), []);
  });

  it('that are links, named pipes or folders are refused, and nobody waits for them', async () => {
    await commit(0);
    const file = path.join(block(), '0000000.rows');
    renameSync(file, folder.at('elsewhere'));
    for (const [make, message] of [
      [() => symlinkSync(folder.at('elsewhere'), file), /it is a link/],
      [() => execFileSync('mkfifo', [file]), /it is a named pipe/],
      [() => mkdirSync(file), /it is a folder/],
    ] as const) {
      make();
      await assert.rejects(readAll(), { code: 'shared-invalid', message });
      assert.equal(await commit(0), 'there', 'it is not replaced');
      rmSync(file, { recursive: true });
    }
  });

  it('write nothing through links that lead out of the folder', async () => {
    mkdirSync(folder.at('outside'));
    for (const [name, remove] of [
      ['shards', folder.at('s', 'shards')],
      [path.join('shards', '0000'), block()],
    ] as const) {
      mkdirSync(path.dirname(folder.at('s', name)), { recursive: true });
      symlinkSync(folder.at('outside'), folder.at('s', name));
      await assert.rejects(commit(0), { code: 'shared-invalid', message: /it is a link, not a folder/ });
      rmSync(remove);
    }
    assert.deepEqual(readdirSync(folder.at('outside')), []);
  });

  it('are refused if the record names a file that is no result beside it', async () => {
    await commit(0, noLinks);
    const record = path.join(block(), '0000000.commit');
    writeFileSync(folder.at('secret'), 'x');
    for (const text of [
      '',
      '{"form":2}',
      '{"form":2,"result":"../../../secret"}',
      '{"form":2,"result":"/etc/passwd"}',
    ]) {
      writeFileSync(record, `${text}\n`);
      await assert.rejects(readAll(), { code: 'shared-invalid', message: /0000000\.commit/ });
    }
  });

  for (const torn of ['', '{"form":2,"res'])
    it(`by a record that was begun and never ended (${torn.length} bytes) count as none, and are made anew`, async () => {
      const record = path.join(block(), '0000000.commit');
      mkdirSync(block(), { recursive: true });
      writeFileSync(record, torn);
      assert.deepEqual(await readAll(), []);
      assert.equal(await isCommitted(plan, jobOf(taskOf(plan), 0)), false);
      const outcomes = await Promise.all(Array.from({ length: 12 }, (_, i) => commit(0, noLinks, `device ${i}`)));
      assert.ok(outcomes.includes('committed'));
      const [only, ...others] = await found();
      assert.deepEqual(others, []);
      assert.equal((await readRows(plan, only!)).rows.length, 10);
      assert.equal(await commit(0, noLinks), 'there');
      // Who was slow with its record finds the one of another, and keeps away from it.
      const before = readFileSync(record, 'utf8');
      assert.equal(await createWhole(record, 'slow\n'), false);
      assert.equal(readFileSync(record, 'utf8'), before);
    });

  it('by a record that is being written at this moment are those of its writer', async () => {
    const record = path.join(block(), '0000000.commit');
    mkdirSync(block(), { recursive: true });
    writeFileSync(record, '');
    const late = commit(0, noLinks, 'late');
    const own = '0000000.rows.01234567-89ab-cdef-0123-456789abcdef';
    await until('the draft of the other', () => readdirSync(block()).some((name) => name.startsWith('0000000.rows.')));
    writeFileSync(record, `${JSON.stringify({ form: 2, result: own })}\n`);
    assert.equal(await late, 'there');
    assert.match(readFileSync(record, 'utf8'), new RegExp(own));
  });

  it('without hard links are no drafts, which may be removed', async () => {
    await commit(0, noLinks);
    assert.ok(!readdirSync(block()).some((name) => name.endsWith('.part')), readdirSync(block()).join());
  });

  it('are looked for only where shards are missing, and told once', async () => {
    const large = await sharePlan(folder.at('large'), await planned(25_000));
    const { news, missing } = watchCommits(large);
    const isDone = completion(large);
    const look = async () => {
      const shards = [];
      for await (const { job } of news()) shards.push(job.shard);
      return shards;
    };
    const names = (from: number, to: number) => {
      for (let shard = from; shard < to; shard++) {
        const at = folder.at('large', 'shards', String(Math.floor(shard / 1000)).padStart(4, '0'));
        mkdirSync(at, { recursive: true });
        writeFileSync(path.join(at, `${String(shard).padStart(7, '0')}.rows`), '');
      }
    };
    assert.deepEqual(await look(), []);
    names(0, 1001);
    assert.equal((await look()).length, 1001);
    assert.equal(missing().length, 1499);
    assert.equal(await isDone(), false);
    names(1001, 1003);
    // What lies in a block that is complete is not looked at again.
    writeFileSync(folder.at('large', 'shards', '0000', '0000000.0-5.rows'), '');
    assert.deepEqual(await look(), [1001, 1002]);
    names(1003, 2500);
    assert.equal((await look()).length, 1497);
    assert.deepEqual(missing(), []);
    assert.equal(await isDone(), true);
  });
});
