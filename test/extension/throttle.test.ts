import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { throttled } from '../../src/extension/throttle';

describe('what happens often', () => {
  it('is done at once and at last, and in between not each time', async () => {
    let value = 0;
    const seen: number[] = [];
    const { run, dispose } = throttled(() => seen.push(value), 20);
    for (value = 0; value < 100; value++) run();
    assert.deepEqual(seen, [0]);
    value = 100;
    while (seen.length < 2) await sleep(5);
    assert.deepEqual(seen, [0, 100]);
    run();
    run();
    dispose();
    const { length } = seen;
    await sleep(60);
    assert.equal(seen.length, length, 'nothing after the end');
  });
});
