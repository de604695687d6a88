/** What a queue may not do, and what it may not be told: passwords, paths, and jobs of others. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseAddress } from '../../../src/protocol/params/queue-address';
import { openQueue } from '../../../src/runner/queue/bullmq';
import { queueName } from '../../../src/runner/queue/job';
import { CIFAR, cifarSubset, RESNET20 } from '../../support/cifar';
import { groupCamEnds } from '../../support/cli';
import { testFolder } from '../../support/folder';
import { REDIS, type RedisServer, startRedis } from '../../support/servers/redis';
import { needs, project } from '../../support/shared';
import { until } from '../../support/wait';
import { childrenOf } from './support';

const IMAGES = 20;

describe('cli: a queue that nobody trusts', () => {
  const folder = testFolder();
  let server: RedisServer;
  let plain: RedisServer;
  before(async function () {
    needs(this, CIFAR, 'no images');
    needs(this, REDIS, 'no queue');
    needs(this, '/proc/self/task', 'processes are found by Linux');
    server = await startRedis({ tls: true });
    plain = await startRedis();
  });
  after(async () => {
    await server?.end();
    await plain?.end();
  });

  const planner = (...more: readonly string[]) => [
    ...['dataset', folder.at('images'), '--model', RESNET20, '--run', folder.at('r.groupcam'), '--device', 'cpu'],
    ...['--shared', folder.at('shared'), '--shard-size', '5', ...more],
  ];
  const worker = (...more: readonly string[]) => [
    ...['worker', '--shared', folder.at('shared'), '--root', folder.at('images'), '--model', RESNET20],
    ...['--device', 'cpu', ...more],
  ];
  const trusting = () => ({ ...process.env, NODE_EXTRA_CA_CERTS: server.authority, GROUP_CAM_THREADS: '1' });
  const secrets = ({ password }: RedisServer) => [password, encodeURIComponent(password)];

  it('refuses a server whose certificate nobody has signed, and repeats no password', async () => {
    cifarSubset(folder.at('images'), IMAGES / 10);
    const { code, stderr } = await groupCamEnds(planner('--queue', server.address));
    assert.equal(code, 1);
    assert.match(stderr, /^error: rediss:\/\/127\.0\.0\.1:\d+: the queue can't be used \(.*self-signed certificate/m);
    for (const secret of secrets(server)) assert.ok(!stderr.includes(secret));
  });

  it('says how to name a queue where none is named', async () => {
    const { code, stderr } = await groupCamEnds(worker());
    assert.equal(code, 1);
    assert.match(stderr, /^error: no queue is named\. Set the variable GROUP_CAM_QUEUE/);
  });

  it('computes by TLS, and its password is in no list of processes, no output and no engine', async () => {
    cifarSubset(folder.at('images'), IMAGES / 10);
    const planning = start(planner('--queue', server.address), trusting());
    const [seen, environment] = await until('the planner is at work', () => {
      const engine = childrenOf(planning.pid)[0];
      const read = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
      return engine !== undefined && [read(planning.pid, 'cmdline'), read(engine, 'environ')];
    });
    for (const secret of secrets(server)) assert.ok(!`${seen}${environment}`.includes(secret), 'others see it');
    const { code, stderr } = await groupCamEnds(worker(), { ...trusting(), GROUP_CAM_QUEUE: server.address });
    assert.equal(code, 0, stderr);
    assert.equal(await planning.ended, 0, planning.said());
    assert.match(planning.said(), /20 of 20 images computed/);
    for (const secret of secrets(server)) assert.ok(!`${planning.said()}${stderr}`.includes(secret));
  });

  it('refuses jobs of others with a reason, and touches nothing but the shared folder', async () => {
    cifarSubset(folder.at('images'), IMAGES / 10);
    folder.write('outside/secret.png', 'not for others');
    const env = { ...process.env, GROUP_CAM_QUEUE: plain.address, GROUP_CAM_THREADS: '1' };
    const planning = start(planner(), env);
    const plan = await until('there is a plan', () => planIn(folder.at('shared')));
    const hostile: readonly (readonly [data: unknown, id: string])[] = [
      [{ plan: 'b'.repeat(64), shard: 0 }, 'other-plan'],
      [{ plan, shard: 4 }, 'no-such-shard'],
      [{ plan, shard: '../../outside/secret.png' }, 'a-path'],
      [{ plan, shard: 0, root: folder.at('outside'), model: '/etc/passwd' }, 'more-paths'],
      [{ plan, shard: 0, padding: 'x'.repeat(5_000_000) }, 'huge'],
      [{ plan, shard: 0 }, 'replayed'],
    ];
    const queue = await openQueue(queueName(plan), parseAddress(plain.address), () => {});
    for (const [data, jobId] of hostile) await queue.add('shard 1 of 4', data, { jobId, lifo: true });
    const before = listing(folder.at());
    const { code, stderr } = await groupCamEnds(worker(), env);
    assert.equal(code, 0, stderr);
    assert.equal(await planning.ended, 0, planning.said());
    for (const [, id] of hostile) {
      assert.match(stderr, new RegExp(`^job ${id}: refused: .*Nothing was read`, 'm'));
      assert.match(String((await queue.getJob(id))?.failedReason), /^refused: /);
    }
    await queue.close();
    assert.deepEqual(listing(folder.at()), before, 'nothing else is written');
    assert.match(planning.said(), /20 of 20 images computed/);
  });

  /** Files with their sizes and times, but those of the work itself. */
  const listing = (root: string) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => !/^(shared|r\.groupcam)/.test(file))
      .sort()
      .map((file) => [file, statSync(path.join(root, file)).size, statSync(path.join(root, file)).mtimeMs]);
});

function planIn(shared: string): string | undefined {
  try {
    return JSON.parse(readFileSync(path.join(shared, 'plan.json'), 'utf8')).id;
  } catch {
    // It is not there yet, or not yet whole.
    return undefined;
  }
}

function start(args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [project('dist', 'group-cam.js'), ...args], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      said += text;
    });
  const ended = once(child, 'close').then(([code]) => code);
  return { pid: child.pid!, ended, said: () => said };
}
