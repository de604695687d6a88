import { strict as assert } from 'node:assert';
import { createNoticed } from '../../../src/extension/model/noticed';

describe('changes that nobody has asked for', () => {
  it('are known by name, each once, until they are cleared', () => {
    const noticed = createNoticed(2);
    for (const name of ['a', 'b', 'a', 'b']) noticed.note(name);
    assert.deepEqual(['a', 'b', 'c'].map(noticed.has), [true, true, false]);
    noticed.clear();
    assert.ok(!noticed.has('a'));
  });

  it('are any, once there were more than are kept', () => {
    const noticed = createNoticed(2);
    for (const name of ['a', 'b', 'c']) noticed.note(name);
    assert.deepEqual(['a', 'c', 'd'].map(noticed.has), [true, true, true]);
    noticed.clear();
    assert.ok(!noticed.has('d'));
  });
});
