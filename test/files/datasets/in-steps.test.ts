/** Long loops let others have their turns, and sort as `sort` does. */
import assert from 'node:assert/strict';
import { createRandom } from '../../../src/core/random';
import { draftOfFolder } from '../../../src/files/datasets/folders/folder';
import { inSteps, sortedInSteps } from '../../../src/files/datasets/in-steps';
import { withCountedTime } from '../../support/clock';

const MANY = 200_000;

/** Does something, of which a step seems to take a millisecond, and counts the turns that others have meanwhile. */
async function turnsDuring(act: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const done = withCountedTime(act).finally(() => {
    isDone = true;
  });
  const take = () => {
    if (isDone) return;
    turns++;
    setImmediate(take);
  };
  setImmediate(take);
  await done;
  return turns;
}

describe('long loops', () => {
  const random = createRandom(1);
  const shuffled = Array.from({ length: MANY }, (_, i) => ({ key: Math.floor(random.uniform() * 1_000), i }));

  it('sort as sort does, and equal things keep their order', async () => {
    const expected = shuffled.toSorted((a, b) => a.key - b.key);
    const turns = await turnsDuring(async () => {
      const found = await sortedInSteps(shuffled, (a, b) => a.key - b.key);
      for (const [i, { key, i: at }] of expected.entries())
        assert.ok(found[i]!.key === key && found[i]!.i === at, `at ${i}`);
      assert.equal(found.length, MANY);
    });
    assert.ok(turns > 50, `others had ${turns} turns`);
    for (const few of [[], [1], [2, 1], [1, 1, 0]])
      assert.deepEqual(
        await sortedInSteps(few, (a, b) => a - b),
        few.toSorted((a, b) => a - b),
      );
  });

  it('go through all things in their order, until they are cancelled', async () => {
    const seen: number[] = [];
    await inSteps(shuffled, (_, i) => seen.push(i));
    assert.deepEqual([seen.length, seen.at(-1)], [MANY, MANY - 1]);
    const controller = new AbortController();
    controller.abort();
    let done = 0;
    const cancelled = withCountedTime(() => inSteps(shuffled, () => done++, controller.signal));
    await assert.rejects(cancelled, { code: 'cancelled' });
    assert.ok(done > 0 && done < MANY, `${done} were done`);
  });

  it(`let others have turns while a folder of ${MANY.toLocaleString('en')} images is gone through`, async () => {
    const files = Array.from({ length: MANY }, (_, i) => `${i}.jpg`);
    const walked = { root: '/data', folders: [{ way: ['cat'], files }], notes: [], others: new Map() };
    let count = 0;
    const turns = await turnsDuring(async () => {
      await inSteps(draftOfFolder(walked, {}).items, () => count++);
    });
    assert.equal(count, MANY);
    assert.ok(turns > 50, `others had ${turns} turns`);
  });
});
