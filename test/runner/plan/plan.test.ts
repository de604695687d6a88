import assert from 'node:assert/strict';
import { nameFor } from '../../../src/runner/plan/names';
import { createRate, secondsLeft } from '../../../src/runner/plan/rate';
import { callSize, shardSize } from '../../../src/runner/plan/shards';
import { afterDeath, type Group } from '../../../src/runner/plan/suspects';

describe('runner: plan', () => {
  it('begins with small shards, so that a grid fills at once', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 1000].map(shardSize), [16, 32, 64, 128, 256, 256, 256, 256]);
  });

  it('asks the engine for about half a second of work, in whole batches', () => {
    assert.deepEqual([undefined, 0.2, 60, 100, 128, 5000].map(callSize), [16, 16, 32, 48, 64, 256]);
  });

  it('tells the rate over the last seconds, and the time left', () => {
    const rate = createRate();
    assert.equal(rate.perSecond(), undefined);
    rate.note(0, 100);
    assert.equal(rate.perSecond(), undefined);
    // A first minute at 1 a second, then 20 a second: the minute is soon forgotten.
    rate.note(60_000, 160);
    assert.equal(rate.perSecond(), 1);
    for (let second = 1; second <= 12; second++) rate.note(60_000 + 1000 * second, 160 + 20 * second);
    assert.equal(rate.perSecond(), 20);
    assert.equal(secondsLeft(50, rate.perSecond()), 2.5);
    assert.equal(secondsLeft(50, undefined), undefined);
  });

  it('names versions by their files', () => {
    assert.equal(nameFor('cats', ['dogs']), 'cats');
    assert.equal(nameFor('cats', ['cats', 'cats@3']), 'cats@2');
    assert.equal(nameFor('cats', ['cats', 'cats@2', 'cats@3']), 'cats@4');
  });

  it('tries a group again, and halves one on which the engine died twice', () => {
    const images = [1, 2, 3, 4, 5];
    assert.deepEqual(afterDeath({ images, deaths: 0 }), { retry: [{ images, deaths: 1 }] });
    assert.deepEqual(afterDeath({ images, deaths: 1 }), {
      retry: [
        { images: [1, 2, 3], deaths: 1 },
        { images: [4, 5], deaths: 1 },
      ],
    });
    assert.deepEqual(afterDeath({ images: [4], deaths: 1 }), { retry: [], guilty: 4 });
    assert.deepEqual(afterDeath({ images: [], deaths: 0 }), { retry: [] });
  });

  for (const killers of [[0], [255], [100, 101], [3, 77, 200]]) {
    it(`finds the images ${killers} of 256 on which the engine dies, and spares all others`, () => {
      let groups: readonly Group<number>[] = [{ images: Array.from({ length: 256 }, (_, i) => i), deaths: 0 }];
      const answered = new Set<number>();
      const guilty: number[] = [];
      let deaths = 0;
      while (groups.length > 0) {
        const [first, ...others] = groups;
        const killer = first!.images.findIndex((image) => killers.includes(image));
        // The engine takes 16 images at a time, and answers in order.
        const done = killer < 0 ? first!.images.length : killer - (killer % 16);
        for (const image of first!.images.slice(0, done)) answered.add(image);
        if (killer < 0) {
          groups = others;
          continue;
        }
        deaths += 1;
        const next = afterDeath({ images: first!.images.slice(done), deaths: first!.deaths });
        groups = [...next.retry, ...others];
        if (next.guilty !== undefined) guilty.push(next.guilty);
      }
      assert.deepEqual(guilty, killers);
      assert.equal(answered.size, 256 - killers.length);
      assert.ok(deaths <= 10 * killers.length, `${deaths} deaths`);
    });
  }
});
