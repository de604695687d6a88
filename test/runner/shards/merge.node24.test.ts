/** Merging commits into a run file: at any time, again and again, with the same rows as by one process. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { commitShard } from '../../../src/runner/shards/commit';
import { type MergeReport, mergeShards, mergeTarget } from '../../../src/runner/shards/merge';
import { mergeFolder } from '../../../src/runner/shards/merging';
import { jobOf, performShard } from '../../../src/runner/shards/perform';
import { type Plan, sharePlan } from '../../../src/runner/shards/plan';
import { openRunFile } from '../../../src/runner/store/open';
import { testFolder } from '../../support/folder';
import { datasetOf, NO_EVENTS, VERSION } from '../store/made';
import { computing, PROCESSOR, planned, rowsOf, taskOf } from './made';

const SIGNAL = new AbortController().signal;
const COUNT = 95;

describe('merging shards', () => {
  const folder = testFolder();
  let plan: Plan;
  beforeEach(async () => {
    plan = await sharePlan(folder.at('s'), await planned(COUNT));
  });

  const perform = (shard: number) =>
    performShard(taskOf(plan), jobOf(taskOf(plan), shard), { processor: PROCESSOR, compute: computing }, SIGNAL);
  const merge = (run: string): Promise<MergeReport> => mergeFolder(folder.at('s'), folder.at(run), SIGNAL);

  async function csvOf(run: string): Promise<string> {
    const file = await openRunFile(folder.at(run), {});
    try {
      const { list } = await file.list({ version: 1, query: '', first: 0 }, NO_EVENTS);
      await file.export(1, { list }, 'csv', folder.at(`${run}.csv`), { aborted: false });
      return readFileSync(folder.at(`${run}.csv`), 'utf8');
    } finally {
      file.close();
    }
  }

  /** The run file of one process: all rows first, then the maps of those that are wrong. */
  async function alone(): Promise<string> {
    const file = await openRunFile(folder.at('alone.groupcam'), { create: true });
    file.setDataset(datasetOf(COUNT));
    const version = file.addVersion(VERSION);
    const items = (await Promise.all(Array.from({ length: plan.shards }, (_, shard) => plan.itemsOf(shard)))).flat();
    const { rows, maps } = rowsOf(items);
    const waiting = file.waiting(version, COUNT);
    file.commitRows(
      version,
      rows.map((row) => ({ ...row, item: waiting[row.item]!.id })),
    );
    file.commitMaps(
      version,
      maps.map((map) => ({ ...map, item: waiting[map.item]!.id })),
    );
    await file.updateAgreement(version, { aborted: false });
    file.close();
    return csvOf('alone.groupcam');
  }

  it('gives what one process gives, byte by byte, whatever order shards come in', async () => {
    for (const shard of [9, 2, 5, 7, 1, 0, 8, 3, 6, 4]) await perform(shard);
    const report = await merge('merged.groupcam');
    assert.deepEqual(report.missing, []);
    assert.equal(report.rows, COUNT);
    assert.deepEqual(report.workers, [{ processor: PROCESSOR, device: 'cpu', images: COUNT }]);
    const merged = await csvOf('merged.groupcam');
    assert.equal(merged.trimEnd().split('\n').length, COUNT + 1);
    assert.match(merged, /group-cam/);
    assert.equal(merged, await alone());
  });

  it('goes on at any time, says what is missing, and takes nothing twice', async () => {
    for (const shard of [0, 4, 9]) await perform(shard);
    const first = await merge('m.groupcam');
    assert.deepEqual([first.rows, first.missing], [25, [1, 2, 3, 5, 6, 7, 8]]);
    assert.deepEqual((await merge('m.groupcam')).rows, 0);
    for (let shard = 0; shard < 10; shard++) await perform(shard);
    assert.deepEqual((await merge('m.groupcam')).rows, COUNT - 25);
    const whole = await csvOf('m.groupcam');
    assert.deepEqual((await merge('m.groupcam')).rows, 0);
    assert.equal(await csvOf('m.groupcam'), whole);
    assert.equal(whole, await alone());
  });

  it('takes parts of shards that overlap, as of a machine that was thought dead, once', async () => {
    for (let shard = 0; shard < 9; shard++) await perform(shard);
    const commit = async (from: number, to: number) => {
      const items = await plan.itemsOf(9, { from, to });
      await commitShard(plan, { plan: plan.file.id, shard: 9, from, to }, rowsOf(items), items, PROCESSOR);
    };
    await commit(90, 93);
    assert.deepEqual((await merge('m.groupcam')).missing, [9]);
    await commit(93, 94);
    await commit(92, 95);
    const report = await merge('m.groupcam');
    assert.deepEqual([report.missing, report.rows], [[], 2]);
    assert.equal(await csvOf('m.groupcam'), await alone());
  });

  it('keeps what a person and another machine have added to the run file', async () => {
    for (let shard = 0; shard < 10; shard++) await perform(shard);
    await merge('m.groupcam');
    const file = await openRunFile(folder.at('m.groupcam'), {});
    const { list } = await file.list({ version: 1, query: 'wrong', first: 0 }, NO_EVENTS);
    file.tag({ version: 1, of: { list }, tag: 'relabel', on: true }, NO_EVENTS);
    file.close();
    const tagged = await csvOf('m.groupcam');
    assert.equal((await merge('m.groupcam')).rows, 0);
    assert.equal(await csvOf('m.groupcam'), tagged);
  });

  it('ends with one line at a damaged commit, keeps the rows before it, and goes on when it is away', async () => {
    for (let shard = 0; shard < 10; shard++) await perform(shard);
    const damaged = folder.at('s', 'shards', '0000', '0000004.rows');
    const whole = readFileSync(damaged);
    writeFileSync(damaged, whole.subarray(0, 700));
    await assert.rejects(merge('m.groupcam'), {
      code: 'shared-invalid',
      message: /0000004\.rows: .*damaged.*Remove it/,
    });
    const rows = (await csvOf('m.groupcam')).split('\n').filter((line) => /,0\.\d+,/.test(line)).length;
    assert.ok(rows > 20 && rows < 50, `${rows} rows`);
    writeFileSync(damaged, whole);
    assert.deepEqual((await merge('m.groupcam')).missing, []);
    assert.equal(await csvOf('m.groupcam'), await alone());
  });

  it('tells which machines have computed, when they are of several kinds', async () => {
    for (let shard = 0; shard < 9; shard++) await perform(shard);
    const job = jobOf(taskOf(plan), 9);
    const items = await plan.itemsOf(9);
    await commitShard(plan, job, { ...rowsOf(items), device: 'cuda' }, items, 'another');
    const { workers } = await merge('m.groupcam');
    assert.deepEqual(workers, [
      { processor: PROCESSOR, device: 'cpu', images: 90 },
      { processor: 'another', device: 'cuda', images: 5 },
    ]);
  });

  it('is cancelled between two commits', async () => {
    await perform(0);
    const file = await openRunFile(folder.at('m.groupcam'), { create: true });
    try {
      const target = await mergeTarget(file, plan, SIGNAL);
      const stop = new AbortController();
      stop.abort();
      await assert.rejects(mergeShards(target, stop.signal), { code: 'cancelled' });
    } finally {
      file.close();
    }
  });
});
