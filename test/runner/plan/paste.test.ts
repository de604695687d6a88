import assert from 'node:assert/strict';
import { hidden, pastes } from '../../../src/runner/plan/paste';
import type { Usable } from '../../../src/runner/plan/split';

/** 100 images of five classes; the first 15 of class 0 are the cluster, and two of class 1 that are taken for it. */
const train = Array.from(
  { length: 100 },
  (_, i): Usable => ({ item: i + 1, truth: [Math.floor(i / 20)], hash: `${i}`, failed: false }),
);
const members = new Set([...Array.from({ length: 15 }, (_, i) => i + 1), 21, 22]);
/** It also has members that are held out. */
const cluster = { class: 0, has: (item: number) => members.has(item) || item > 100 };

describe('runner: regions that are pasted', () => {
  it('go into as many images of other classes as the cluster has members to train on, evenly, each from another member', () => {
    const [chosen = []] = pastes(train, [cluster], 0);
    assert.equal(chosen.length, members.size);
    const counts = new Map<number, number>();
    for (const { image, from } of chosen) {
      assert.ok(train.includes(image) && train.includes(from));
      assert.ok(members.has(from.item) && !members.has(image.item) && image.truth[0] !== 0);
      counts.set(image.truth[0]!, (counts.get(image.truth[0]!) ?? 0) + 1);
    }
    assert.deepEqual([...counts.values()].toSorted(), [4, 4, 4, 5]);
    assert.equal(new Set(chosen.map(({ image }) => image)).size, chosen.length, 'each once');
    assert.equal(new Set(chosen.map(({ from }) => from)).size, chosen.length, 'every member');
  });

  it('are hidden in members of the class itself, which are trained on', () => {
    assert.deepEqual(
      hidden(train, cluster, 20).map(({ item }) => item),
      Array.from({ length: 15 }, (_, i) => i + 1),
    );
    assert.equal(hidden(train, cluster, 4).length, 4);
  });

  it('the same for a seed, others for another', () => {
    assert.deepEqual(pastes(train, [cluster], 3), pastes(train, [cluster], 3));
    assert.notDeepEqual(pastes(train, [cluster], 3), pastes(train, [cluster], 4));
  });

  it('at most a quarter of the training images in all, and none without members', () => {
    const large = { class: 0, has: (item: number) => item <= 40 };
    const counts = (of: readonly (typeof large)[]) => pastes(train, of, 0).map(({ length }) => length);
    assert.deepEqual(counts([large]), [25]);
    assert.deepEqual(counts([large, large]), [12, 12]);
    assert.deepEqual(counts([{ class: 0, has: () => false }]), [0]);
  });
});
