/** Ranges of positions, compared with sets of numbers. */
import assert from 'node:assert/strict';
import type { Ranges } from '../../../src/protocol/dataset';
import * as ranges from '../../../webview/dataset/grid/selection';

const members = (all: Ranges) => all.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));

describe('the selection', () => {
  it('adds and removes as a set does, in sorted ranges that do not touch', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed % below;
    };
    let selected: Ranges = ranges.NOTHING;
    const set = new Set<number>();
    for (let step = 0; step < 2_000; step++) {
      const [a, b] = [random(60), random(60)];
      const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
      const adds = random(2) === 0;
      selected = adds ? ranges.add(selected, from, to) : ranges.remove(selected, from, to);
      for (let i = from; i < to; i++) adds ? set.add(i) : set.delete(i);
      assert.deepEqual(
        members(selected),
        [...set].sort((x, y) => x - y),
      );
      assert.equal(ranges.sizeOf(selected), set.size);
      assert.ok(
        selected.every(([start], i) => i === 0 || start > selected[i - 1]![1]),
        JSON.stringify(selected),
      );
      const at = random(60);
      assert.equal(ranges.has(selected, at), set.has(at));
      assert.deepEqual(
        members(ranges.within(selected, 10, 30)),
        members(selected).filter((i) => i >= 10 && i < 30),
      );
    }
  });

  it('toggles one position, and is one range for all', () => {
    assert.deepEqual(ranges.toggle([[0, 5]], 2), [
      [0, 2],
      [3, 5],
    ]);
    assert.deepEqual(ranges.toggle([[0, 2]], 2), [[0, 3]]);
    assert.deepEqual(ranges.all(1_000_000), [[0, 1_000_000]]);
    assert.deepEqual(ranges.all(0), []);
    assert.deepEqual(ranges.between(9, 3), [[3, 10]]);
  });
});
