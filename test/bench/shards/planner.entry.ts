/**
 * The memory of `group-cam dataset --queue` from its start to the last row. Another process commits the shards, in which nothing is
 * computed. It prints a line of JSON.
 *
 * Arguments: a folder of images, the folder to share, and the run file to be made.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { isWhole } from '../../../src/runner/shards/folder';
import { openPlan, PLAN_FILE } from '../../../src/runner/shards/plan';
import { RESNET20 } from '../../support/cifar';
import { startRedis } from '../../support/servers/redis';
import { project } from '../../support/shared';
import { peakOf } from '../measure';
import { commitEmpty } from './empty';

const LOOK = 500;

async function main([images, shared, run]: readonly string[]): Promise<void> {
  const server = await startRedis();
  try {
    const args = ['dataset', images!, '--model', RESNET20, '--shared', shared!, '--run', run!];
    const child = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args], {
      env: { ...process.env, GROUP_CAM_QUEUE: server.address },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    let peak = 0;
    const look = () => {
      if (child.exitCode === null) peak = Math.max(peak, peakOf(child.pid!));
    };
    const looking = setInterval(look, LOOK);
    const ended = once(child, 'exit');
    // Nobody works until the planner has put all shards into the queue, and has said so.
    while (child.exitCode === null && !said.includes('no worker is connected')) await pause();
    look();
    const following = peak;
    if (!(await isWhole(path.join(shared!, PLAN_FILE)))) throw new Error(said);
    const plan = await openPlan(shared!);
    await commitEmpty(plan, images!);
    const [code] = await ended;
    clearInterval(looking);
    if (code !== 0) throw new Error(said);
    console.log(JSON.stringify({ items: plan.file.items, following, peak }));
  } finally {
    await server.end();
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, LOOK));

void main(process.argv.slice(2));
