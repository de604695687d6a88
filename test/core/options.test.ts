import assert from 'node:assert/strict';
import { choice, integer, real, resolveOptions } from '../../src/core/options';

const table = {
  steps: integer('Steps', 50, 1, 100),
  noise: real('Noise', 15, 0, 100),
  order: choice('Order', 'full', ['full', 'fast']),
};

describe("a method's options", () => {
  it('have defaults', () => {
    assert.deepEqual(resolveOptions(table, {}), { steps: 50, noise: 15, order: 'full' });
    assert.deepEqual(resolveOptions(table, { order: 'fast', steps: 2 }), { steps: 2, noise: 15, order: 'fast' });
  });

  for (const [name, value, wanted] of [
    ['steps', 0, 'a whole number from 1 to 100'],
    ['steps', 1.5, 'a whole number from 1 to 100'],
    ['steps', '5', 'a whole number from 1 to 100'],
    ['noise', Number.NaN, 'a number from 0 to 100'],
    ['noise', 101, 'a number from 0 to 100'],
    ['order', 'slow', 'one of full, fast'],
    ['toString', 1, 'left out: options here are steps, noise, order'],
  ] as const) {
    it(`${name} = ${value} is refused`, () => {
      assert.throws(() => resolveOptions(table, { [name]: value }), {
        code: 'bad-option',
        message: `${name} ${value}: must be ${wanted}.`,
      });
    });
  }
});
