/** `group-cam worker`: takes shards of a queue and computes them, until all are committed. */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errors } from '../../core/errors';
import type { DeviceChoice } from '../../protocol/devices';
import { parseAddress } from '../../protocol/params/queue-address';
import { createRunnerEngine } from '../../runner/engine';
import { counting } from '../../runner/queue/counting';
import { type ShardOutcome, takeShards } from '../../runner/queue/worker';
import { computeShard, type ShardTask } from '../../runner/shards/compute';
import { completion } from '../../runner/shards/find';
import { isWhole } from '../../runner/shards/folder';
import { jobOf, performShard } from '../../runner/shards/perform';
import { openPlan, PLAN_FILE, type Plan } from '../../runner/shards/plan';
import { processorName, shardTask } from '../../runner/shards/worker';
import { stopped } from '../stopped';
import type { Terminal } from '../terminal';
import { neededAddress } from './queue';

export interface WorkerOptions {
  readonly queue?: string;
  readonly shared: string;
  readonly root: string;
  readonly model: string;
  readonly labels?: string;
  readonly device: DeviceChoice;
  readonly lock: number;
  readonly verbose?: boolean;
}

/** Milliseconds between two looks for a plan. */
const LOOK = 1000;

/** @throws queue-address, queue-unreachable, plan-differs, shared-invalid; what models throw */
export async function worker(options: WorkerOptions, terminal: Terminal): Promise<void> {
  const address = parseAddress(neededAddress(options.queue));
  const { signal } = terminal;
  const engine = createRunnerEngine((line) => options.verbose && terminal.say(`engine: ${line}`), false);
  const say = (line: string) => terminal.say(line);
  try {
    const plan = await planIn(options.shared, signal, say);
    const { root, model, labels, device, lock } = options;
    const choice = { path: model, ...(labels !== undefined && { labels }) };
    const counted = counting(engine);
    const task = await shardTask(plan, { root, choice, device }, counted.engine, signal);
    const { id } = plan.file;
    say(`takes shards of ${address.shown}: plan ${id.slice(0, 16)}, ${plan.shards} shards`);
    await takeShards({
      ...{ plan: { id, shards: plan.shards }, address, lock, say, signal },
      compute: (shard, stopping, report) => {
        counted.begin(report);
        return compute(task, shard, stopping);
      },
      isDone: completion(plan),
    });
    if (signal.aborted) stopped(terminal);
    else say('all shards are committed');
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    stopped(terminal);
  } finally {
    engine.dispose();
  }
}

/** The plan of the folder, once it is there. A worker may be started before who plans. */
async function planIn(folder: string, signal: AbortSignal, say: (line: string) => void): Promise<Plan> {
  for (let isFirst = true; !(await isWhole(path.join(folder, PLAN_FILE))); isFirst = false) {
    if (isFirst) say(`${folder}: no plan is there yet; the worker waits for group-cam dataset --queue --shared`);
    await pause(LOOK, undefined, { signal }).catch(() => {
      throw errors.cancelled();
    });
  }
  return openPlan(folder);
}

async function compute(task: ShardTask, shard: number, signal: AbortSignal): Promise<ShardOutcome> {
  let [images, failed] = [0, 0];
  await performShard(
    task,
    jobOf(task, shard),
    {
      processor: processorName(),
      compute: computeShard,
      done: ({ from, to }, outcome, rows) => {
        if (outcome === 'there') return;
        images += to - from;
        failed += rows?.filter((row) => 'error' in row).length ?? 0;
      },
    },
    signal,
  );
  return { images, failed, wasThere: images === 0 };
}
