// Measures what shards and a queue cost beside the computing, and writes docs/cluster.md: 100,000 shards in which nothing is
// computed, the memory of a planner with a million images, the calls of a queue, and the rate of two workers.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { newerNode } from '../host/node.mjs';
import { root } from '../host/run.mjs';
import { QUEUES, requirePackages } from '../host/system.mjs';
import { replacePart, table } from '../report.mjs';

const SHARDS = 100_000;
const IMAGES = 1_000_000;
/** Shards that are put into a queue and taken by one worker. */
const CALLS = 5000;
const FOLDERS = 1000;
const LIMITS = { seconds: 300, megabytes: 300, ratio: 0.9 };

export async function benchShards() {
  await requirePackages(QUEUES);
  const node = await newerNode();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-bench-'));
  /** @param {string} name @param {readonly string[]} args */
  const measured = (name, ...args) => {
    const entry = path.join(root, 'out', 'test', 'bench', 'shards', `${name}.entry.js`);
    return JSON.parse(execFileSync(node, [entry, ...args], { encoding: 'utf8' }));
  };
  try {
    console.log('Two workers beside one process');
    const rate = measured('rate');
    console.log('The calls of queues');
    const [redis, postgres] = ['Redis', 'PostgreSQL'].map((name) => measured('queue', name, `${CALLS}`));
    console.log(`${SHARDS} empty shards`);
    const shards = measured(
      'shards',
      'empty',
      `${SHARDS}`,
      path.join(folder, 'empty'),
      path.join(folder, 'r.groupcam'),
    );
    console.log(`Making ${IMAGES} files (minutes)`);
    makeImages(path.join(folder, 'images'));
    const [at, run] = [path.join(folder, 'plan'), path.join(folder, 'plan.groupcam')];
    const images = path.join(folder, 'images');
    const plan = measured('shards', 'plan', images, at, run);
    console.log('The planner of a queue with these');
    const planner = measured('planner', images, path.join(folder, 'queue'), path.join(folder, 'queue.groupcam'));
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    const [load] = os.loadavg();
    const machine = `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, Node ${version}, one run; the load at the end was ${load?.toFixed(1)}.`;
    replacePart(
      path.join(root, 'docs', 'cluster.md'),
      'shards',
      `${machine}\n\n${tableOf({ plan, planner }, shards, { rate, redis, postgres })}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names of images in folders of classes: links to one file for each folder, which are made faster than files. @param {string} folder */
function makeImages(folder) {
  for (let i = 0; i < FOLDERS; i++) {
    const name = path.join(folder, `class_${String(i).padStart(4, '0')}`);
    mkdirSync(name, { recursive: true });
    const first = path.join(name, 'image_0000000.jpg');
    writeFileSync(first, 'x');
    for (let j = 1; j < IMAGES / FOLDERS; j++)
      linkSync(first, path.join(name, `image_${String(i * FOLDERS + j).padStart(7, '0')}.jpg`));
  }
}

/** @param {any} planning @param {any} shards @param {any} queues */
function tableOf({ plan, planner }, shards, { rate, redis, postgres }) {
  /** @param {number} ms */
  const seconds = (ms) => `${(ms / 1000).toFixed(0)} s`;
  const whole = shards.planning + shards.committing + shards.merging;
  /** @param {{ shards: number, taking: number }} queue */
  const perSecond = ({ shards: count, taking }) => ((1000 * count) / taking).toFixed(0);
  /** @param {boolean} isMet */
  const met = (isMet) => (isMet ? 'yes' : 'NO');
  return table([
    ['', 'measured', 'goal', 'met'],
    [
      `${shards.count} empty shards planned, committed and merged`,
      `${seconds(whole)} (${seconds(shards.planning)}, ${seconds(shards.committing)}, ${seconds(shards.merging)})`,
      `< ${LIMITS.seconds} s`,
      met(whole < 1000 * LIMITS.seconds),
    ],
    ['memory of planning and committing them', `${shards.before.toFixed(0)} MB`, '', ''],
    ['memory of merging them', `${shards.peak.toFixed(0)} MB`, '', ''],
    [
      `memory of \`group-cam dataset --queue\` with ${planner.items} images: until all are in the queue, and to the last row`,
      `${planner.following.toFixed(0)} MB, ${planner.peak.toFixed(0)} MB`,
      `< ${LIMITS.megabytes} MB`,
      met(planner.peak < LIMITS.megabytes),
    ],
    ['memory of listing and planning them alone', `${plan.peak.toFixed(0)} MB`, '', ''],
    [
      'time to list them, to plan them, and to bring them into a run file',
      `${seconds(plan.listing)}, ${seconds(plan.planning)}, ${seconds(plan.entering)}`,
      '',
      '',
    ],
    ['calls of Redis for a shard, by planner and worker', redis.calls.toFixed(1), '', ''],
    ['Redis computes for a shard', `${redis.cpu.toFixed(2)} ms`, '', ''],
    ['PostgreSQL computes for a shard', `${postgres.cpu.toFixed(2)} ms`, '', ''],
    [
      'one worker takes empty shards',
      `${perSecond(redis)} a second by Redis, ${perSecond(postgres)} by PostgreSQL`,
      '',
      '',
    ],
    [
      'connections of a worker, and of a planner',
      `${redis.worker} and ${redis.planner} to Redis, ${postgres.worker} and ${postgres.planner} to PostgreSQL`,
      '',
      '',
    ],
    [
      '2 workers of one thread over 1 process of two threads, Group-CAM',
      `${rate.ratio.toFixed(2)} (${rate.shared.toFixed(1)} and ${rate.alone.toFixed(1)} images a second)`,
      `>= ${LIMITS.ratio}`,
      met(rate.ratio >= LIMITS.ratio),
    ],
  ]);
}
