import { strict as assert } from 'node:assert';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ahead, createBudget } from '../../../src/engine/sweep/ahead';

describe('work ahead', () => {
  it('comes in order, and never more of it than the limit is begun and not yet drawn', async () => {
    let begun = 0;
    const drawn: number[] = [];
    const items = Array.from({ length: 50 }, (_, i) => i);
    const results = ahead(items, 5, async (item) => {
      begun += 1;
      assert.ok(begun - drawn.length <= 5 + 1, `${begun} begun, ${drawn.length} drawn`);
      // Later items end first.
      for (let turns = item % 3; turns < 3; turns++) await nextTurn();
      return item;
    });
    for await (const item of results) {
      await nextTurn();
      drawn.push(item);
    }
    assert.deepEqual(drawn, items);
  });

  it('a failure comes in its place, and whoever stops waits for what was begun', async () => {
    let running = 0;
    const results = ahead([0, 1, 2, 3, 4], 3, async (item) => {
      running += 1;
      await nextTurn();
      running -= 1;
      if (item === 1) throw new Error('the second');
      return item;
    });
    const drawn: number[] = [];
    await assert.rejects(async () => {
      for await (const item of results) drawn.push(item);
    }, /the second/);
    assert.deepEqual(drawn, [0]);
    assert.equal(running, 0);
  });
});

describe('a budget', () => {
  it('lets tasks run side by side within its limit, in order, and one that is too large alone', async () => {
    const budget = createBudget(10);
    let used = 0;
    const order: number[] = [];
    const costs = [4, 4, 4, 25, 1, 9, 10];
    await Promise.all(
      costs.map((cost, i) =>
        budget.within(cost, async () => {
          used += cost;
          order.push(i);
          assert.ok(used <= 10 || used === cost, `${used}`);
          await nextTurn();
          used -= cost;
        }),
      ),
    );
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6]);
  });

  it('is free again after a failure', async () => {
    const budget = createBudget(1);
    await assert.rejects(
      budget.within(1, () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await budget.within(1, async () => 'yes'), 'yes');
  });
});
