import { strict as assert } from 'node:assert';
import { setImmediate as turn } from 'node:timers/promises';
import { createOutgoing } from '../../src/server/outgoing';

describe('what a process sends', () => {
  it('is written once the pipe has taken all of it', async () => {
    const taken: (() => void)[] = [];
    const { send, written } = createOutgoing<string>((_packet, _handle, _options, done) => taken.push(done));
    await written();
    let isWritten = false;
    send('a');
    send('b');
    const all = written().then(() => {
      isWritten = true;
    });
    taken[0]!();
    await turn();
    assert.equal(isWritten, false);
    send('c');
    taken[1]!();
    await turn();
    assert.equal(isWritten, false);
    taken[2]!();
    await all;
  });

  it('is not waited for if it could not be sent', async () => {
    const { send, written } = createOutgoing<string>(() => {
      throw new Error('no packet');
    });
    assert.throws(() => send('a'), { message: 'no packet' });
    await written();
  });
});
