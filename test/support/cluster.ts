/** Workers and a planner that share a dataset by a queue, and what kills them. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../src/core/random';
import { childrenOf, succeeds } from '../cli/dataset/support';
import type { Server } from './servers/server';
import { project } from './shared';
import { until } from './wait';

export interface ClusterChoice {
  readonly server: Server;
  readonly images: string;
  readonly model: string;
  readonly workers: number;
  readonly kills: number;
  /** Images of a shard. */
  readonly size: number;
  readonly items: number;
  /** Workers that are stopped for longer than the lock, and go on then. */
  readonly pauses: number;
  /** Seconds. */
  readonly lock: number;
  readonly seed: number;
  /** Arguments such as `--maps`. */
  readonly more: readonly string[];
  say(line: string): void;
}

const VICTIMS = ['worker', 'engine', 'planner', 'server'] as const;
type Victim = (typeof VICTIMS)[number];

export interface ClusterReport {
  readonly killed: Readonly<Record<Victim, number>>;
  readonly paused: number;
  readonly seconds: number;
  /** The table of rows, as CSV. */
  readonly table: string;
  /** What the planner and the workers have written, for searches. */
  readonly said: string;
}

interface Running {
  readonly child: ChildProcess;
  said: string;
}

/** Runs a cluster to its end, while processes are killed at random moments of progress. */
export async function runCluster(choice: ClusterChoice): Promise<ClusterReport> {
  const { server, images, model, lock, size, say } = choice;
  const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-cluster-'));
  const [shared, run] = [path.join(folder, 'shared'), path.join(folder, 'r.groupcam')];
  const random = createRandom(choice.seed);
  const all: Running[] = [];
  const env = { ...process.env, GROUP_CAM_QUEUE: server.address, GROUP_CAM_THREADS: '1' };
  const start = (...args: readonly string[]): Running => {
    const child = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args], { stdio: 'pipe', env });
    const running: Running = { child, said: '' };
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text) => {
        running.said += text;
      });
    all.push(running);
    return running;
  };
  const device = ['--device', 'cpu'];
  const startWorker = () =>
    start('worker', '--shared', shared, '--root', images, '--model', model, '--lock', String(lock), ...device);
  const startPlanner = () =>
    start(
      ...['dataset', images, '--model', model, '--run', run, '--shared', shared],
      ...['--shard-size', String(size), ...choice.more, ...device],
    );

  const began = performance.now();
  let planner = startPlanner();
  const workers = Array.from({ length: choice.workers }, startWorker);
  const killed: Record<Victim, number> = { worker: 0, engine: 0, planner: 0, server: 0 };
  const shards = Math.ceil(choice.items / size);
  const continuing: Promise<void>[] = [];
  let paused = 0;

  /** Whoever has ended, and not by being done, is started again: so does a scheduler. */
  const revive = (): void => {
    for (const [i, { child, said }] of workers.entries())
      if (hasEnded(child) && !said.includes('all shards are committed')) workers[i] = startWorker();
    if (hasEnded(planner.child) && planner.child.exitCode !== 0) planner = startPlanner();
  };
  const kill = async (victim: Victim): Promise<boolean> => {
    if (victim === 'server') {
      await server.killAndRestart();
      return true;
    }
    const alive = workers.filter(({ child }) => !hasEnded(child));
    const worker = alive[Math.floor(random.uniform() * alive.length)];
    const pid = victim === 'planner' ? planner.child.pid : victim === 'worker' ? worker?.child.pid : undefined;
    const target = victim === 'engine' ? childrenOf(worker?.child.pid ?? 0)[0] : pid;
    if (target === undefined || (victim !== 'engine' && !isAlive(target))) return false;
    process.kill(target, 'SIGKILL');
    return true;
  };

  try {
    for (let event = 0; event < choice.kills; event++) {
      const goal = ((event + random.uniform()) * shards) / (choice.kills + 1);
      await until(`${Math.floor(goal)} shards`, () => {
        revive();
        return committed(shared) >= goal;
      });
      await pause(random.uniform() * 50);
      const first = event % VICTIMS.length;
      // A victim that is just not there leaves its turn to the next one.
      for (let i = 0; i < VICTIMS.length; i++) {
        const victim = VICTIMS[(first + i) % VICTIMS.length]!;
        if (!(await kill(victim))) continue;
        killed[victim] += 1;
        break;
      }
      if (paused < choice.pauses && event >= ((paused + 1) * choice.kills) / (choice.pauses + 2)) {
        const worker = workers.find(({ child }) => !hasEnded(child));
        if (worker && process.kill(worker.child.pid!, 'SIGSTOP')) {
          paused += 1;
          continuing.push(
            pause(2.5 * lock * 1000).then(() => void (hasEnded(worker.child) || worker.child.kill('SIGCONT'))),
          );
        }
      }
      if (event % 10 === 9) say(`${event + 1} kills, ${committed(shared)} of ${shards} shards`);
    }
    await Promise.all(continuing);
    await until('the planner has ended', () => {
      revive();
      return planner.child.exitCode === 0;
    });
    await until('the workers have ended', () => {
      revive();
      return workers.every(({ child }) => hasEnded(child));
    });
    const { stdout: table } = await succeeds('query', run, '--csv');
    const said = all.map((one) => one.said).join('');
    return { killed, paused, seconds: (performance.now() - began) / 1000, table, said };
  } finally {
    for (const { child } of all) if (!hasEnded(child)) child.kill('SIGKILL');
    await Promise.all(all.filter(({ child }) => !hasEnded(child)).map(({ child }) => once(child, 'exit')));
    rmSync(folder, { recursive: true, force: true });
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Shards that are committed whole. */
function committed(shared: string): number {
  const folder = path.join(shared, 'shards');
  if (!existsSync(folder)) return 0;
  return readdirSync(folder)
    .map((block) => readdirSync(path.join(folder, block)).filter((name) => name.endsWith('.rows')).length)
    .reduce((sum, count) => sum + count, 0);
}

/** Asserts that two tables are the same, byte for byte, or says where they first differ. */
export function sameTable(table: string, expected: string): void {
  if (table === expected) return;
  const [left, right] = [table.split('\n'), expected.split('\n')];
  const at = right.findIndex((line, i) => line !== left[i]);
  assert.fail(`${left.length} lines and ${right.length}; line ${at + 1}:\n${left[at]}\n${right[at]}`);
}
