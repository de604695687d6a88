import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';
import { settledChanges } from '../../../src/extension/model/settled';

describe('changes of files', () => {
  it('are reported together, each once, and none again', async () => {
    const reports: string[][] = [];
    const changes = settledChanges((addresses) => reports.push(addresses), 1);
    for (const address of ['a', 'b', 'a']) changes.note(address);
    assert.deepEqual(reports, []);
    await pause(20);
    changes.note('c');
    await pause(20);
    assert.deepEqual(reports, [['a', 'b'], ['c']]);
  });

  it('are not reported after the end', async () => {
    const reports: string[][] = [];
    const changes = settledChanges((addresses) => reports.push(addresses), 1);
    changes.note('a');
    changes.dispose();
    await pause(20);
    assert.deepEqual(reports, []);
  });
});
