// Measures what shards cost beside the computing, and writes docs/cluster.md: 100,000 shards in which nothing is computed, and
// the memory of a planner with a million images.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { newerNode } from '../host/node.mjs';
import { root } from '../host/run.mjs';
import { replacePart, table } from '../report.mjs';

const SHARDS = 100_000;
const IMAGES = 1_000_000;
const FOLDERS = 1000;
const LIMITS = { seconds: 300, megabytes: 300 };

export async function benchShards() {
  const node = await newerNode();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'group-cam-bench-'));
  /** @param {readonly string[]} args */
  const measured = (...args) => {
    const entry = path.join(root, 'out', 'test', 'bench', 'shards', 'shards.entry.js');
    return JSON.parse(execFileSync(node, [entry, ...args], { encoding: 'utf8' }));
  };
  try {
    console.log(`Making ${IMAGES} files (minutes)`);
    makeImages(path.join(folder, 'images'));
    const plan = measured('plan', path.join(folder, 'images'), path.join(folder, 'plan'));
    const shards = measured('empty', `${SHARDS}`, path.join(folder, 'empty'), path.join(folder, 'r.groupcam'));
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    const machine = `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, Node ${version}, one run.`;
    replacePart(path.join(root, 'docs', 'cluster.md'), 'shards', `${machine}\n\n${tableOf(plan, shards)}`);
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

/** @param {any} plan @param {any} shards */
function tableOf(plan, shards) {
  /** @param {number} ms */
  const seconds = (ms) => `${(ms / 1000).toFixed(0)} s`;
  const whole = shards.planning + shards.committing + shards.merging;
  /** @param {boolean} isMet */
  const met = (isMet) => (isMet ? 'yes' : 'NO');
  return table([
    ['', 'measured', 'less than', 'met'],
    [
      `${shards.count} empty shards planned, committed and merged`,
      `${seconds(whole)} (${seconds(shards.planning)}, ${seconds(shards.committing)}, ${seconds(shards.merging)})`,
      `${LIMITS.seconds} s`,
      met(whole < 1000 * LIMITS.seconds),
    ],
    ['memory of planning and committing them', `${shards.before.toFixed(0)} MB`, '', ''],
    ['memory of merging them', `${shards.peak.toFixed(0)} MB`, '', ''],
    [
      `memory of the planner, ${plan.items} images`,
      `${plan.peak.toFixed(0)} MB`,
      `${LIMITS.megabytes} MB`,
      met(plan.peak < LIMITS.megabytes),
    ],
    ['time to list and to plan them', `${seconds(plan.listing)}, ${seconds(plan.planning)}`, '', ''],
  ]);
}
