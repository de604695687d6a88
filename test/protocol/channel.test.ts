import assert from 'node:assert/strict';
import { errors } from '../../src/core/errors';
import { type ChannelHooks, openChannel } from '../../src/protocol/channel/channel';
import type { ToServer } from '../../src/protocol/channel/wire';
import { ENGINE, PROTOCOL_VERSION, type Requests } from '../../src/protocol/requests';

/** A channel whose other side is the test. */
function open({ greet = true, hooks = {} as Partial<ChannelHooks> } = {}) {
  const sent: ToServer[] = [];
  const closed: string[] = [];
  let receive = (_message: unknown): void => {};
  const channel = openChannel<Requests>(
    ENGINE,
    {
      send: (packet) => void sent.push(packet),
      onMessage: (listener) => {
        receive = listener;
      },
    },
    {
      ready: () => {},
      heard: () => {},
      sessions: () => {},
      fatal: () => {},
      closed: (error) => void closed.push(error.message),
      ...hooks,
    },
  );
  if (greet) receive({ kind: 'hello', version: PROTOCOL_VERSION });
  return { channel, sent, closed, receive: (message: unknown) => receive(message) };
}

const reply = (id: number) => ({ kind: 'reply', id, result: { path: `sidecar ${id}` } });
const params = { model: {} };

describe('protocol: channel', () => {
  it('sends the version first, and calls without waiting for the other side', () => {
    const { channel, sent } = open({ greet: false });
    void channel.call('saveSidecar', params);
    assert.deepEqual(sent, [
      { kind: 'hello', version: PROTOCOL_VERSION },
      { kind: 'call', id: 1, method: 'saveSidecar', params },
    ]);
  });

  for (const first of [
    { kind: 'hello', version: PROTOCOL_VERSION + 1 },
    { kind: 'hello', version: String(PROTOCOL_VERSION) },
    reply(1),
    'hello',
    undefined,
  ]) {
    it(`closes when the first message is ${JSON.stringify(first)}`, async () => {
      const { channel, closed, receive } = open({ greet: false });
      const call = channel.call('saveSidecar', params);
      receive(first);
      await assert.rejects(call.result, { code: 'protocol-version' });
      assert.equal(closed.length, 1);
    });
  }

  for (const [message, name] of [
    ['text', 'no packet (must be an object, found "text")'],
    [null, 'no packet (must be an object, found null)'],
    [{ kind: 'toString' }, 'unknown kind "toString"'],
    [{ kind: 'answer', id: 1 }, 'unknown kind "answer"'],
    [{ kind: 'reply', result: {} }, 'packet "reply" that is none (id: is missing, must be a number)'],
    [{ kind: 'reply', id: Number.NaN, result: {} }, 'packet "reply" that is none (id: must be a number, found NaN)'],
    [
      { kind: 'reply', id: 1, result: null },
      'packet "reply" that is none (result: must be an object or a list, found null)',
    ],
    [
      { kind: 'failure', id: 1, code: 'bad-luck', message: 'none' },
      'packet "failure" that is none (code: must be "model-missing" or ',
    ],
    [
      { kind: 'failure', id: 1, code: 'internal' },
      'packet "failure" that is none (message: is missing, must be a text)',
    ],
    [reply(2), 'call 2, which is not pending'],
    [{ kind: 'hello', version: PROTOCOL_VERSION }, 'greeted twice'],
  ] as const) {
    it(`closes and says: ${name}`, async () => {
      const { channel, closed, receive } = open();
      const call = channel.call('saveSidecar', params);
      receive(message);
      await assert.rejects(call.result, { code: 'internal' });
      assert.ok(closed[0]?.includes(name), closed[0]);
    });
  }

  it('fails every pending call when it closes, and refuses later ones', async () => {
    const { channel, sent, closed, receive } = open();
    const calls = [1, 2, 3].map(() => channel.call('saveSidecar', params));
    receive(reply(2));
    const error = errors.engineCrashed('signal SIGSEGV');
    channel.close(error);
    channel.close(errors.cancelled());
    assert.deepEqual(await calls[1]?.result, { path: 'sidecar 2' });
    for (const call of [calls[0]!, calls[2]!, channel.call('saveSidecar', params)]) {
      await assert.rejects(call.result, error);
      await call.answered;
    }
    assert.deepEqual(closed, [error.message]);
    assert.equal(sent.length, 4, 'the hello and three calls');
    receive(reply(1));
    assert.equal(channel.pending(), 0);
  });

  it('holds an abandoned call as pending until the engine answers', async () => {
    const events: unknown[] = [];
    const { channel, sent, receive } = open();
    const call = channel.call('explain', {} as never, { frame: (frame) => events.push(frame) });
    const event = (data: object) => receive({ kind: 'event', id: 1, event: 'frame', data });
    event({ done: 1 });
    call.abandon(errors.cancelled());
    call.abandon(errors.cancelled());
    await assert.rejects(call.result, { code: 'cancelled' });
    event({ done: 2 });
    assert.deepEqual(events, [{ done: 1 }]);
    assert.deepEqual(sent.slice(2), [{ kind: 'cancel', id: 1 }]);
    assert.equal(channel.pending(), 1);
    receive({ kind: 'failure', id: 1, code: 'cancelled', message: 'cancelled' });
    await call.answered;
    assert.equal(channel.pending(), 0);
  });

  it('passes on only events that have a handler', () => {
    const { channel, closed, receive } = open();
    void channel.call('explain', {} as never);
    for (const event of ['frame', 'toString', 'constructor']) receive({ kind: 'event', id: 1, event, data: {} });
    assert.deepEqual(closed, []);
  });
});
