import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { errors } from '../../src/core/errors';
import type { FromServer } from '../../src/protocol/channel/wire';
import { ENGINE_PARAMS } from '../../src/protocol/params/engine';
import { ENGINE, PROTOCOL_VERSION, type Requests, type Service } from '../../src/protocol/requests';
import { serve } from '../../src/server/serve';

/** A served service whose parent is the test. */
function open(methods: Partial<Service>, { greet = true, sessions = (): number => 0 } = {}) {
  const sent: FromServer[] = [];
  let receive = (_message: unknown): void => {};
  serve<Requests>(
    ENGINE,
    { service: methods as Service, params: ENGINE_PARAMS },
    {
      send: (packet) => void sent.push(structuredClone(packet)),
      onMessage: (listener) => {
        receive = listener;
      },
    },
    sessions,
  );
  if (greet) receive({ kind: 'hello', version: PROTOCOL_VERSION });
  return { sent, receive: (message: unknown) => receive(message) };
}

const call = (method: string, id = 1, params: object = {}) => ({ kind: 'call', id, method, params });

describe('server: serve', () => {
  it('greets first', () => {
    assert.deepEqual(open({}).sent, [{ kind: 'hello', version: PROTOCOL_VERSION }]);
  });

  for (const first of [{ kind: 'hello', version: PROTOCOL_VERSION + 1 }, call('devices'), null]) {
    it(`refuses a parent whose first message is ${JSON.stringify(first)}`, () => {
      const { receive } = open({}, { greet: false });
      assert.throws(() => receive(first), { code: 'protocol-version' });
    });
  }

  for (const method of ['explode', 'toString', '__proto__', 'constructor']) {
    it(`answers the unknown method ${method} by name`, () => {
      const { sent, receive } = open({ devices: async () => [] });
      receive(call(method, 5));
      const [, answer] = sent;
      assert.ok(answer?.kind === 'failure' && answer.id === 5);
      assert.match(answer.message, new RegExp(`no method "${method}"`));
    });
  }

  for (const [message, name] of [
    [7, 'no packet (must be an object, found 7)'],
    [{ kind: 'reply', id: 1, result: {} }, 'unknown kind "reply"'],
    [
      { kind: 'call', id: 1, method: 'devices' },
      '"call" that is none (params: is missing, must be an object or a list)',
    ],
    [{ kind: 'call', id: '1', method: 'devices', params: {} }, '"call" that is none (id: must be a number, found "1")'],
    [{ kind: 'hello', version: PROTOCOL_VERSION }, 'greeted twice'],
  ] as const) {
    it(`refuses what it can't answer: ${name}`, () => {
      const { receive } = open({});
      assert.throws(
        () => receive(message),
        (error: Error) => error.message.includes(name),
      );
    });
  }

  for (const [method, params, flaw] of [
    ['inspect', {}, 'model: is missing, must be an object'],
    ['inspect', { model: { path: 7 } }, 'model.path: must be a text, found 7'],
    ['picture', { image: { path: 'a.png' }, longest: '9' }, 'longest: must be a number, found "9"'],
    ['sanity', [], 'must be an object, found []'],
  ] as const) {
    it(`answers ${method} of ${JSON.stringify(params)} with what is wrong with it`, async () => {
      const { sent, receive } = open({
        [method]: async () => {
          throw new Error('the method was called');
        },
      });
      receive(call(method, 3, params));
      await turn();
      const [, answer] = sent;
      assert.ok(answer?.kind === 'failure' && answer.code === 'internal' && answer.id === 3);
      assert.ok(answer.message.includes(`parameters of ${method}`) && answer.message.includes(flaw), answer.message);
    });
  }

  it('gives a method its parameters as they were sent', async () => {
    const params = {
      pictures: [
        {
          bytes: Uint8Array.of(1, 2),
          transform: { scaleX: 2, scaleY: 2, offsetX: 0, offsetY: -1, image: { width: 8, height: 6 } },
        },
      ],
      inputSize: { width: 4, height: 4 },
      side: 64,
    };
    let got: unknown;
    const { receive } = open({
      meanPicture: async (given) => {
        got = given;
        return { rgb: new Uint8Array(), pictures: 0 };
      },
    });
    receive(call('meanPicture', 1, params));
    await turn();
    assert.deepEqual(got, params);
  });

  it('aborts the signal of a cancelled call, and of no other', async () => {
    const aborted: boolean[] = [];
    const devices: Service['devices'] = async (_params, { signal }) => {
      await turn();
      aborted.push(signal.aborted);
      if (signal.aborted) throw errors.cancelled();
      return [];
    };
    const { sent, receive } = open({ devices });
    receive(call('devices', 1));
    receive(call('devices', 2));
    receive({ kind: 'cancel', id: 2 });
    receive({ kind: 'cancel', id: 3 });
    await turn();
    await turn();
    assert.deepEqual(aborted, [false, true]);
    assert.deepEqual(sent.slice(1), [
      { kind: 'reply', id: 1, result: [] },
      { kind: 'failure', id: 2, code: 'cancelled', message: 'cancelled' },
    ]);
  });

  it('reports the number of sessions before the answer that found it grown', async () => {
    let sessions = 0;
    const { sent, receive } = open(
      {
        devices: async () => {
          sessions += 3;
          throw errors.deviceUnavailable('cuda', 'no library');
        },
        inspect: async () => ({}) as never,
      },
      { sessions: () => sessions },
    );
    receive(call('devices', 1));
    await turn();
    receive(call('inspect', 2, { model: {} }));
    await turn();
    assert.deepEqual(
      sent.slice(1).map((packet) => (packet.kind === 'sessions' ? packet.created : packet.kind)),
      [3, 'failure', 'reply'],
    );
  });
});
