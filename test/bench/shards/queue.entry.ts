/**
 * What a queue costs for each shard, with shards in which nothing is computed. It prints a line of JSON.
 *
 * Arguments: Redis or PostgreSQL, and the number of shards.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { parseAddress } from '../../../src/protocol/params/queue-address';
import { createDispatcher } from '../../../src/runner/queue/dispatch';
import { takeShards } from '../../../src/runner/queue/worker';
import { startPostgres } from '../../support/servers/postgres';
import { startRedis } from '../../support/servers/redis';
import type { Server } from '../../support/servers/server';
import { timed } from '../measure';

/** Shards of which each call is counted; being watched slows Redis down. */
const WATCHED = 200;
/** Shards after which connections are counted: one that is not used for a while is closed. */
const SOON = 20;
/** Clock ticks a second of /proc, on every Linux that is in use. */
const TICKS = 100;

/** Puts shards into the queue, and takes them by one worker. @param during gets the number of the planner's connections, soon after the begin */
async function run(server: Server, id: string, shards: number, during: (dispatching: number) => void = () => {}) {
  const address = parseAddress(server.address);
  const say = () => {};
  const plan = { id, shards };
  const dispatcher = await createDispatcher({ plan, address, imagesOf: () => 1, say });
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const enqueuing = await timed(() => dispatcher.enqueue(all));
  const dispatching = connections();
  let done = 0;
  const stop = new AbortController();
  const compute = async () => {
    done += 1;
    if (done === SOON) during(dispatching);
    if (done === shards) stop.abort();
    return { images: 1, failed: 0, wasThere: false };
  };
  const taking = await timed(() => takeShards({ plan, address, lock: 30, compute, say, signal: stop.signal }));
  await dispatcher.clear();
  await dispatcher.close();
  if (done !== shards) throw new Error(`${done} of ${shards} shards were taken`);
  return { enqueuing, taking };
}

/** Milliseconds that a server and its processes have computed. */
function computed(pid: number): number {
  const children = `/proc/${pid}/task/${pid}/children`;
  const below = existsSync(children) ? readFileSync(children, 'utf8').trim().split(' ').filter(Boolean) : [];
  const of = (process: number): number => {
    // What follows the name, which is in brackets, has the number of the state first.
    const fields = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ')[1]!.split(' ');
    const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number);
    return (1000 * (user! + system! + childrenUser! + childrenSystem!)) / TICKS;
  };
  // One that has ended since it was listed is counted among the children of the server.
  return of(pid) + below.reduce((sum, child) => sum + (existsSync(`/proc/${child}`) ? of(Number(child)) : 0), 0);
}

/** Connections of this process, to whatever server. */
const connections = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

/** Commands that reach Redis by the network while something is done; those of its own scripts are marked by it. */
async function commandsDuring(server: Server, act: () => Promise<unknown>): Promise<number> {
  const env = { ...process.env, REDISCLI_AUTH: server.password };
  const monitor = spawn('redis-cli', ['-p', String(server.port), 'monitor'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  let said = '';
  monitor.stdout.on('data', (text) => {
    said += text;
  });
  await once(monitor.stdout, 'data');
  await act();
  monitor.kill();
  await once(monitor, 'exit');
  return said.split('\n').filter((line) => /^\d+\.\d+ \[\d+ (?!lua)/.test(line)).length;
}

async function main([name, count]: readonly string[]): Promise<void> {
  const shards = Number(count);
  const server = await (name === 'Redis' ? startRedis() : startPostgres());
  try {
    const before = computed(server.pid());
    let [own, atWork] = [0, 0];
    const id = 'a'.repeat(64);
    const { enqueuing, taking } = await run(server, id, shards, (dispatching) => {
      own = dispatching;
      atWork = connections();
    });
    const cpu = computed(server.pid()) - before;
    const watched = name === 'Redis' && {
      calls: (await commandsDuring(server, () => run(server, 'b'.repeat(64), WATCHED))) / WATCHED,
    };
    const result = { shards, enqueuing, taking, cpu: cpu / shards, planner: own, worker: atWork - own, ...watched };
    console.log(JSON.stringify(result));
  } finally {
    await server.end();
  }
}

void main(process.argv.slice(2));
