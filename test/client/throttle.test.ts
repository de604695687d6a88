import { strict as assert } from 'node:assert';
import { mock } from 'node:test';
import { throttled } from '../../src/client/throttle';

describe('a throttled function', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('is done at once and at the end, and only sometimes in between', () => {
    let value = 0;
    const seen: number[] = [];
    const run = throttled(() => seen.push(value), 20);
    for (value = 0; value < 100; value++) run();
    assert.deepEqual(seen, [0]);
    value = 100;
    mock.timers.tick(20);
    assert.deepEqual(seen, [0, 100]);
    run();
    run();
    run.dispose();
    const { length } = seen;
    mock.timers.tick(60);
    assert.equal(seen.length, length, 'nothing after the end');
  });
});
