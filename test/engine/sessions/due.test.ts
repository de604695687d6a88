import { strict as assert } from 'node:assert';
import { milestones } from '../../../src/core/methods/maps';
import { createDue } from '../../../src/engine/sessions/due';

/** A clock that only the test moves. */
function clock() {
  let time = 0;
  return {
    now: () => time,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

describe('estimates', () => {
  it('are due once a person would notice that nothing moves, counted from the last one', () => {
    const { now, pass } = clock();
    const due = createDue(now);
    assert.equal(due.isDue(), false);
    pass(499);
    assert.equal(due.isDue(), false);
    pass(1);
    assert.equal(due.isDue(), true);
    due.shown();
    assert.equal(due.isDue(), false);
    pass(500);
    assert.equal(due.isDue(), true);
  });

  it('that take long themselves are due so seldom that they take a tenth of the time', () => {
    const { now, pass } = clock();
    const due = createDue(now);
    pass(500);
    assert.equal(due.isDue(), true);
    pass(300);
    due.shown();
    pass(2999);
    assert.equal(due.isDue(), false);
    pass(1);
    assert.equal(due.isDue(), true);
  });

  it('of slow passes come with every chunk, those of fast ones after certain passes only', () => {
    const shown = (milliseconds: number) => {
      const { now, pass } = clock();
      const due = createDue(now);
      const isShown = milestones(400, 32, due.isDue);
      const all: number[] = [];
      for (let done = 4; done <= 400; done += 4) {
        pass(4 * milliseconds);
        if (!isShown(done)) continue;
        all.push(done);
        due.shown();
      }
      return all;
    };
    assert.deepEqual(shown(1).slice(0, 6), [4, 8, 16, 32, 64, 96]);
    assert.deepEqual(shown(1).at(-1), 400);
    assert.equal(shown(200).length, 100);
    // Four chunks of 160 ms each.
    assert.deepEqual(shown(40).slice(0, 6), [4, 8, 16, 32, 48, 64]);
  });
});
