/** The queue alone, with shards that need no engine: what gets lost, comes twice, or was put there by others. */
import assert from 'node:assert/strict';
import { parseAddress, type QueueAddress } from '../../../src/protocol/params/queue-address';
import { openQueue } from '../../../src/runner/queue/bullmq';
import { createDispatcher } from '../../../src/runner/queue/dispatch';
import { jobId, jobName, queueName } from '../../../src/runner/queue/job';
import { takeShards } from '../../../src/runner/queue/worker';
import { POSTGRES, startPostgres } from '../../support/servers/postgres';
import { REDIS, startRedis } from '../../support/servers/redis';
import type { Server } from '../../support/servers/server';
import { needs } from '../../support/shared';
import { until } from '../../support/wait';

const PLAN = 'a'.repeat(64);
const SHARDS = 12;

const SERVERS: Readonly<Record<string, { readonly program: string; start(): Promise<Server> }>> = {
  Redis: { program: REDIS, start: startRedis },
  PostgreSQL: { program: POSTGRES, start: startPostgres },
};

for (const [name, { program, start }] of Object.entries(SERVERS))
  describe(`runner: a queue of shards in ${name}`, () => {
    let server: Server;
    let address: QueueAddress;
    let lines: string[];
    let done: Map<number, number>;
    let stop: AbortController;
    let working: Promise<void>[];

    before(async function () {
      needs(this, program, 'no queue');
      server = await start();
      address = parseAddress(server.address);
    });
    after(() => server?.end());

    beforeEach(() => {
      lines = [];
      done = new Map();
      stop = new AbortController();
      working = [];
    });
    afterEach(async () => {
      stop.abort();
      await Promise.all(working);
      const queue = await openQueue(queueName(PLAN), address, () => {});
      await queue.obliterate({ force: true });
      await queue.close();
    });

    const say = (line: string) => void lines.push(line);
    const dispatcher = () => createDispatcher({ plan: { id: PLAN, shards: SHARDS }, address, imagesOf: () => 16, say });
    const missing = () => Array.from({ length: SHARDS }, (_, i) => i).filter((shard) => !done.has(shard));

    const worker = (compute = async (shard: number) => void done.set(shard, (done.get(shard) ?? 0) + 1)) => {
      const ended = takeShards({
        plan: { id: PLAN, shards: SHARDS },
        address,
        lock: 2,
        compute: async (shard) => {
          await compute(shard);
          return { images: 16, failed: 0, wasThere: false };
        },
        say,
        signal: stop.signal,
      });
      working.push(ended);
      return ended;
    };

    it('gives each shard to one worker, and shows in words what became of it', async () => {
      const planner = await dispatcher();
      await planner.enqueue(missing());
      // A planner that begins again adds nothing.
      await planner.enqueue(missing());
      const workers = [worker(), worker()];
      await until('all shards are done', () => done.size === SHARDS);
      const queue = await openQueue(queueName(PLAN), address, () => {});
      await until('the queue knows', async () => (await queue.getCompletedCount()) === SHARDS);
      const jobs = await queue.getCompleted();
      assert.deepEqual(new Set(jobs.map((job) => job.name)), new Set(missingNames()));
      for (const job of jobs) {
        assert.match(String(job.returnvalue), /^16 images in \d+\.\d s$/);
        assert.deepEqual(Object.keys(job.data as object), ['plan', 'shard'], 'ids and hashes alone');
      }
      assert.deepEqual([...done.values()], Array(SHARDS).fill(1));
      assert.equal((await planner.look(missing)).workers, 2);
      await queue.close();
      stop.abort();
      await Promise.all(workers);
      await planner.close();
    });

    const missingNames = () => Array.from({ length: SHARDS }, (_, shard) => jobName(shard, SHARDS, 16));

    it('gets what a queue has forgotten once more', async () => {
      const planner = await dispatcher();
      await planner.enqueue(missing());
      const queue = await openQueue(queueName(PLAN), address, () => {});
      await queue.obliterate({ force: true });
      const ended = worker();
      await until('all shards are done', async () => {
        await planner.look(missing);
        return done.size === SHARDS;
      });
      assert.ok(lines.some((line) => /12 shards are missing/.test(line)));
      stop.abort();
      await ended;
      await queue.close();
      await planner.close();
    });

    it('gives up a shard that fails everywhere, with the reason', async () => {
      const planner = await dispatcher();
      await planner.enqueue([3]);
      const ended = worker(async () => {
        throw new Error('the disk is full');
      });
      const left = () => (done.has(3) ? [] : [3]);
      await assert.rejects(
        until('the planner gives up', async () => {
          await planner.look(left);
          return false;
        }),
        /a shard has failed 3 times on the workers \(.*the disk is full.*\)/,
      );
      stop.abort();
      await ended;
      await planner.close();
    });

    it('refuses what others have put there, and does the rest', async () => {
      const queue = await openQueue(queueName(PLAN), address, () => {});
      const hostile: readonly (readonly [data: unknown, id: string, reason: RegExp])[] = [
        [{ plan: 'b'.repeat(64), shard: 0 }, 'shard-100', /of plan bbbb/],
        [{ plan: PLAN, shard: 10 ** 6 }, 'shard-101', /the plan has 12 shards/],
        [{ plan: PLAN, shard: -1 }, 'shard-102', /another form/],
        [{ plan: PLAN, shard: 1.5 }, 'shard-103', /another form/],
        [{ plan: PLAN, shard: '0' }, 'shard-104', /another form/],
        [{ plan: '../../etc/passwd', shard: 0 }, 'shard-105', /another form/],
        [{ plan: PLAN, shard: 0, path: '/etc/passwd' }, 'shard-106', /unknown key path/],
        [{ plan: PLAN, shard: { toString: 1 } }, 'shard-107', /another form/],
        [{ plan: PLAN, shard: 2, ['__proto__']: null, padding: 'x'.repeat(20_000_000) }, 'shard-108', /unknown key/],
        ['text', 'shard-109', /another form/],
        [[1, 2], 'shard-110', /another form/],
        [null, 'shard-111', /another form/],
        // A job that was sent before, under another id.
        [{ plan: PLAN, shard: 0 }, 'replayed', /id replayed is not that of shard 1/],
      ];
      for (const [data, id] of hostile) await queue.add('\u001b[2Jrm -rf /', data, { jobId: id, attempts: 3 });
      const planner = await dispatcher();
      await planner.enqueue([0]);
      const ended = worker();
      await until('the queue is empty', async () => (await queue.getFailedCount()) === hostile.length && done.size > 0);
      for (const [, id, reason] of hostile) {
        const job = await queue.getJob(id);
        assert.match(String(job?.failedReason), /^refused: /);
        assert.match(String(job?.failedReason), reason);
        assert.ok(job!.failedReason!.length < 400, 'a long payload is not repeated');
      }
      assert.deepEqual([...done], [[0, 1]], 'nothing else was computed');
      // The same job again, after it is done: BullMQ knows it, and nothing is computed twice.
      await queue.add('again', { plan: PLAN, shard: 0 }, { jobId: jobId(0) });
      stop.abort();
      await ended;
      assert.deepEqual([...done], [[0, 1]]);
      await queue.close();
      await planner.close();
    });

    it('goes on after its server was killed', async () => {
      const planner = await dispatcher();
      await planner.enqueue(missing());
      let killed: Promise<void> | undefined;
      const ended = worker(async (shard) => {
        if (done.size === 3) {
          killed ??= server.killAndRestart();
          await killed;
        }
        done.set(shard, (done.get(shard) ?? 0) + 1);
      });
      await until('all shards are done', async () => {
        await planner.look(missing);
        return done.size === SHARDS;
      });
      stop.abort();
      await ended;
      await planner.close();
    });

    it('says in one line, and without the password, why a queue can not be used', async () => {
      const wrong = server.address.replace('p%40ss', 'wr%40ng');
      await assert.rejects(
        openQueue('q', parseAddress(wrong), () => {}),
        (thrown: Error) => {
          assert.match(thrown.message, /the queue can't be used \(.*(WRONGPASS|password authentication failed)/);
          assert.ok(!/wr@ng|wr%40ng/.test(thrown.message + thrown.stack));
          return true;
        },
      );
    });
  });
