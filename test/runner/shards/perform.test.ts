/** Machines that die while they work on a shard: what is committed is not begun again, and one image is found guilty. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readRows } from '../../../src/runner/shards/commit';
import type { computeShard } from '../../../src/runner/shards/compute';
import { findCommits } from '../../../src/runner/shards/find';
import { sizeOf } from '../../../src/runner/shards/form';
import { jobOf, performShard } from '../../../src/runner/shards/perform';
import { type Plan, sharePlan } from '../../../src/runner/shards/plan';
import { testFolder } from '../../support/folder';
import { computing, PROCESSOR, planned, rowsOf, taskOf } from './made';

const SIGNAL = new AbortController().signal;
const DIED = Symbol('died');

describe('machines that work on shards', () => {
  const folder = testFolder();
  let plan: Plan;
  beforeEach(async () => {
    plan = await sharePlan(folder.at('s'), await planned(25));
  });
  const names = () => readdirSync(folder.at('s', 'shards', '0000')).sort();

  const perform = (shard: number, compute: typeof computeShard, signal = SIGNAL) =>
    performShard(taskOf(plan), jobOf(taskOf(plan), shard), { processor: PROCESSOR, compute }, signal);

  /** Performs a shard by a machine that dies with certain images: what it has begun never comes to an end. */
  async function performDying(shard: number, dies: (items: readonly number[]) => boolean): Promise<unknown> {
    let die = (_: unknown): void => {};
    const death = new Promise((resolve) => {
      die = resolve;
    });
    const compute: typeof computeShard = async (_task, _job, items) => {
      if (!dies(items.map(({ position }) => position))) return rowsOf(items);
      die(DIED);
      return new Promise(() => {});
    };
    return Promise.race([death, perform(shard, compute)]);
  }

  async function rows() {
    const all = [];
    for await (const found of findCommits(plan)) all.push(...(await readRows(plan, found)).rows);
    return all.sort((a, b) => a.item - b.item);
  }

  it('commit each shard once, and begin none that is there', async () => {
    for (const shard of [0, 1, 2]) await perform(shard, computing);
    assert.deepEqual(names(), ['0000000.rows', '0000001.rows', '0000002.rows']);
    await perform(1, () => assert.fail('computed again'));
  });

  for (const poison of [10, 13, 19])
    it(`find image ${poison} by halving, and lose no other`, async () => {
      let deaths = 0;
      const sizes: number[] = [];
      const dies = (items: readonly number[]) => {
        if (items.includes(poison)) sizes.push(items.length);
        return items.includes(poison);
      };
      while ((await performDying(1, dies)) === DIED) {
        deaths += 1;
        assert.ok(deaths < 10, `${deaths} deaths`);
      }
      assert.deepEqual(sizes.slice(0, 3), [10, 10, 5], 'twice the shard, then its halves');
      assert.equal(sizes.at(-1), 1);
      const all = await rows();
      assert.deepEqual(
        all.map(({ item }) => item),
        [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
      );
      const expected = rowsOf(await plan.itemsOf(1)).rows;
      for (const [i, row] of all.entries()) {
        if (row.item !== poison) assert.deepEqual(row, expected[i]);
        else assert.match('error' in row ? row.error.message : '', /whole workers end on this image/);
      }
    });

  it('that die once, as by a time limit, have the whole shard computed by the next', async () => {
    assert.equal(await performDying(0, () => true), DIED);
    assert.deepEqual(names(), ['0000000.begun1']);
    await perform(0, computing);
    assert.deepEqual(names(), ['0000000.rows']);
    assert.deepEqual(await rows(), rowsOf(await plan.itemsOf(0)).rows);
  });

  it('that fail or are stopped take back that they have begun', async () => {
    const fails = async () => {
      throw new Error('no memory');
    };
    for (let i = 0; i < 3; i++) await assert.rejects(perform(0, fails), /no memory/);
    assert.deepEqual(names(), []);
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(perform(0, computing, stop.signal), { code: 'cancelled' });
  });

  it('refuse jobs of another plan, or of images that are none of its shards', async () => {
    const task = taskOf(plan);
    const job = jobOf(task, 1);
    assert.equal(sizeOf(job), 10);
    const never = () => assert.fail('computed');
    for (const wrong of [
      { ...job, plan: '0'.repeat(64) },
      { ...job, shard: 3 },
      { ...job, from: 9 },
      { ...job, to: 21 },
      { ...job, to: 10 },
      { ...job, shard: 2 ** 40 },
    ])
      await assert.rejects(performShard(task, wrong, { processor: PROCESSOR, compute: never }, SIGNAL), {
        code: 'bad-option',
      });
    assert.deepEqual(readdirSync(folder.at('s')).length, 3, 'nothing was made');
  });
});
