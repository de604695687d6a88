/** Never part of a normal run: it shows that a failing test inside VS Code fails the whole run. */
import { strict as assert } from 'node:assert';

it('fails on purpose', () => {
  assert.fail('planted');
});
