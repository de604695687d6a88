/**
 * Whether a shared folder's file system lets the first commit of a shard win: processes commit the same shards at the same moments, each
 * by its own mount of the folder. It prints a line for each way, and fails if a shard has another number of results than one, or not that of who was told so.
 *
 * Arguments: the number of shards, then the paths of the same empty folder, such as its mounts, one for each process.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commitShard, readRows } from '../../src/runner/shards/commit';
import { findCommits } from '../../src/runner/shards/find';
import { isWhole, type Link } from '../../src/runner/shards/folder';
import { jobOf } from '../../src/runner/shards/perform';
import { openPlan, PLAN_FILE, sharePlan } from '../../src/runner/shards/plan';
import { PROCESSOR, planned, rowsOf, taskOf } from '../runner/shards/made';

/** Images of a shard, as `planned` has it. */
const SIZE = 10;
const LOOK = 500;

const noLinks: Link = async () => {
  throw Object.assign(new Error('no links'), { code: 'EPERM' });
};
const WAYS: Readonly<Record<string, Link | undefined>> = { links: undefined, records: noLinks };

/** Commits each shard when it is told to, and tells how it went. */
async function commitAsTold(folder: string, way: string): Promise<void> {
  // A client of a network file system may know for a while that a file is not there.
  while (!(await isWhole(path.join(folder, PLAN_FILE)))) await pause(LOOK);
  const plan = await openPlan(folder);
  process.on('message', async (shard: number) => {
    const items = await plan.itemsOf(shard);
    const rows = { ...rowsOf(items), device: `process ${process.pid}` };
    const outcome = await commitShard(plan, jobOf(taskOf(plan), shard), rows, items, PROCESSOR, WAYS[way]);
    process.send!({ outcome });
  });
  process.send!('ready');
}

async function race(way: string, shards: number, mounts: readonly string[]): Promise<void> {
  const folders = mounts.map((mount) => path.join(mount, way));
  const plan = await sharePlan(folders[0]!, await planned(shards * SIZE));
  const processes = folders.map((folder) => fork(process.argv[1]!, ['--commit', folder, way]));
  await Promise.all(processes.map((child) => once(child, 'message')));
  const winners: (readonly number[])[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const answers = processes.map((child) => once(child, 'message'));
    for (const child of processes) child.send(shard);
    const outcomes = (await Promise.all(answers)).map(([{ outcome }]) => outcome);
    winners.push([...outcomes.keys()].filter((i) => outcomes[i] === 'committed'));
    // Who takes a record for torn, since its writer was slow, and replaces it, may not be alone in that.
    const isOne = way === 'links' ? winners[shard]!.length === 1 : winners[shard]!.length > 0;
    assert.ok(isOne, `shard ${shard}: ${outcomes}`);
  }
  for (const child of processes) child.disconnect();
  let found = 0;
  for await (const commit of findCommits(plan)) {
    const { worker } = (await readRows(plan, commit)).commit;
    const devices = winners[commit.job.shard]!.map((winner) => `process ${processes[winner]!.pid}`);
    assert.ok(devices.includes(worker.device), 'the result is of another');
    found++;
  }
  assert.equal(found, shards);
  const left = readdirSync(path.join(folders[0]!, 'shards'), { recursive: true }).filter((name) =>
    `${name}`.endsWith('.part'),
  );
  assert.deepEqual(left, []);
  const late = winners.filter(([winner]) => winner !== 0).length;
  const several = winners.filter(({ length }) => length > 1).length;
  console.log(
    `${way}: ${shards} shards by ${processes.length} processes: one result each, ${late} times not of the first that was asked, ${several} times claimed by several`,
  );
}

async function main([first, ...rest]: readonly string[]): Promise<void> {
  if (first === '--commit') return commitAsTold(rest[0]!, rest[1]!);
  for (const way of Object.keys(WAYS)) await race(way, Number(first), rest);
}

void main(process.argv.slice(2));
