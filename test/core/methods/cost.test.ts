import assert from 'node:assert/strict';
import { aboutSeconds, costOf } from '../../../src/core/methods/cost';
import { METHOD_OPTIONS } from '../../../src/core/methods/method-options';
import { METHODS } from '../../../src/core/methods/names';
import { defaultsOf, type OptionTable } from '../../../src/core/options';

describe('what methods cost', () => {
  it('grows with the options that add passes', () => {
    assert.equal(costOf('rise', { masks: 500 }, 64), 500);
    assert.equal(costOf('score-cam', { channels: 200 }, 1280)! - costOf('score-cam', { channels: 100 }, 1280)!, 100);
    assert.equal(costOf('score-cam', { channels: 200 }, 64), costOf('score-cam', { channels: 64 }, 64));
    // As docs/bench.md counts them.
    assert.equal(costOf('occlusion', { patch: 15, stride: 5 }, 64), 361);
  });

  it('is known of every method but those that run a part of the network', () => {
    const unknown = METHODS.filter(
      (method) => costOf(method, defaultsOf(METHOD_OPTIONS[method] as OptionTable), 64) === undefined,
    );
    assert.deepEqual(unknown, ['ablation-cam', 'recipro-cam']);
  });

  it('is told in round numbers', () => {
    assert.deepEqual([0.4, 3.4, 42, 100, 600].map(aboutSeconds), [
      'under a second',
      'about 3 s',
      'about 40 s',
      'about 2 min',
      'about 10 min',
    ]);
  });
});
