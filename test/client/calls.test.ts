import assert from 'node:assert/strict';
import { errors } from '../../src/core/errors';
import type { Frame } from '../../src/core/saliency';
import { until } from '../support/wait';
import { ask, disposeAll, startEngine, stream } from './support';

describe('client: calls', () => {
  afterEach(disposeAll);

  it('settles with the reply, after its events in order', async () => {
    const frames: Frame[] = [];
    const result = await startEngine().call('explain', stream(5, 3), { on: { frame: (frame) => frames.push(frame) } });
    assert.deepEqual(
      frames.map((frame) => frame.done),
      [1, 2, 3, 4, 5],
    );
    for (const frame of frames) assert.deepEqual(frame.map, new Float32Array(9).fill(frame.done));
    assert.deepEqual(result.frame, frames[4]);
    assert.equal(result.passes, 5);
  });

  it('settles with the error of the engine, code and message as they were made', async () => {
    const expected = errors.unknownClass('zebu', 'Near: zebra.');
    await assert.rejects(ask(startEngine(), 'fail'), {
      name: 'ExplainError',
      code: 'unknown-class',
      message: expected.message,
    });
  });

  it('names an unforeseen error and logs its stack', async () => {
    const engine = startEngine();
    await assert.rejects(ask(engine, 'wrong code'), { code: 'internal', message: /x is not a function/ });
    await until('the stack in the log', () => engine.log.some((line) => /TypeError: x is not a function/.test(line)));
    assert.match(engine.log.join('\n'), /at .*stub\.entry/);
  });

  it('settles with cancelled at once, and the engine stops between chunks', async () => {
    const engine = startEngine();
    const controller = new AbortController();
    const seen: number[] = [];
    const frame = ({ done }: Frame) => {
      seen.push(done);
      if (done === 3) controller.abort();
    };
    const call = engine.call('explain', stream(1000, 2, 5), { signal: controller.signal, on: { frame } });
    await assert.rejects(call, { code: 'cancelled' });
    assert.deepEqual(seen, [1, 2, 3]);
    assert.equal(engine.state, 'busy');
    await until('the engine is free', () => engine.state === 'ready');
    const chunks = Number(/stopped after (\d+)/.exec(engine.log.join('\n'))?.[1]);
    assert.ok(chunks >= 3 && chunks < 1000, `stopped after ${chunks} chunks`);
    assert.deepEqual(seen, [1, 2, 3], 'no event after the abort');
  });

  it('settles with cancelled when the signal was aborted before, without starting a process', async () => {
    const engine = startEngine();
    await assert.rejects(ask(engine, 'pid', { signal: AbortSignal.abort() }), { code: 'cancelled' });
    assert.equal(engine.pid, undefined);
  });

  it('settles with a crash that names the uncaught exception', async () => {
    const engine = startEngine();
    await assert.rejects(ask(engine, 'crash'), { code: 'engine-crashed', message: /exit code 1: out of paper/ });
    assert.match(engine.log.join('\n'), /RangeError: out of paper/);
  });

  it('settles with a crash that names the exit code', async () => {
    await assert.rejects(ask(startEngine(), 'exit'), { code: 'engine-crashed', message: /\(exit code 7\)/ });
  });

  it('settles with a time-out when the engine hangs, which ends it and its other calls', async () => {
    const engine = startEngine();
    const before = await ask(engine, 'pid');
    const waiting = ask(engine, 'never');
    const hung = ask(engine, 'hang', { timeout: 300 });
    await Promise.all([
      assert.rejects(waiting, { code: 'engine-crashed', message: /saveSidecar gave no answer/ }),
      assert.rejects(hung, { code: 'timeout', message: /saveSidecar: no answer within 0 s/ }),
    ]);
    assert.notEqual(await ask(engine, 'pid'), before);
  });

  it('does not time out while the engine is at work', async () => {
    const engine = startEngine();
    await ask(engine, 'pid');
    const result = await engine.call('explain', stream(30, 2, 200), { timeout: 4000 });
    assert.equal(result.passes, 30);
  });

  it('ends an engine that does not stop for a cancelled call', async () => {
    const engine = startEngine({ limits: { cancel: 300 } });
    const before = await ask(engine, 'pid');
    const controller = new AbortController();
    const hung = ask(engine, 'hang', { signal: controller.signal });
    controller.abort();
    await assert.rejects(hung, { code: 'cancelled' });
    await until('the engine is gone', () => engine.state === 'stopped');
    assert.notEqual(await ask(engine, 'pid'), before);
  });

  it('waits for a cancelled call that is only slow when another call is behind it', async () => {
    const engine = startEngine({ limits: { cancel: 200 } });
    const before = await ask(engine, 'pid');
    const controller = new AbortController();
    const slow = ask(engine, 'be slow', { signal: controller.signal });
    const next = ask(engine, 'pid');
    controller.abort();
    await assert.rejects(slow, { code: 'cancelled' });
    assert.equal(await next, before);
  });

  it('keeps many calls apart that run at the same time', async () => {
    const engine = startEngine();
    const counts = Array.from({ length: 60 }, (_, i) => (i % 7) + 1);
    const results = await Promise.all(
      counts.map(async (chunks) => {
        const seen: number[] = [];
        const { passes } = await engine.call('explain', stream(chunks), {
          on: { frame: ({ done, total }) => seen.push(done * 100 + total) },
        });
        return { passes, seen };
      }),
    );
    for (const [i, { passes, seen }] of results.entries()) {
      const chunks = counts[i]!;
      assert.equal(passes, chunks);
      assert.deepEqual(
        seen,
        Array.from({ length: chunks }, (_, k) => (k + 1) * 100 + chunks),
      );
    }
  });

  it('carries frames and bytes of many megabytes', async () => {
    const engine = startEngine();
    const { frame } = await engine.call('explain', stream(3, 2048));
    assert.equal(frame.map.length, 2048 * 2048);
    assert.ok(frame.map.every((value) => value === 3));
    const { frame: explained, ...explanation } = await engine.call('explain', stream(1));
    const { bytes } = await engine.call('render', {
      kind: 'npy',
      explanation: { ...explanation, frame: explained },
      image: { path: 'image.png' },
      style: { colormap: 'turbo', opacity: 1, threshold: 0, contour: false },
    });
    assert.ok(bytes instanceof Uint8Array);
    assert.equal(bytes.length, 40e6);
  });

  it('fails the call whose result or parameters can not be sent, and only that one', async () => {
    const engine = startEngine();
    await assert.rejects(engine.call('devices', {}), { code: 'internal', message: /could not be cloned/ });
    const unsendable = { path: Symbol('path') as unknown as string };
    await assert.rejects(engine.call('saveSidecar', { model: unsendable }), { message: /could not be cloned/ });
    assert.equal(await ask(engine, 'pid'), String(engine.pid));
  });

  it('fails the call whose event handler throws', async () => {
    const engine = startEngine();
    const on = {
      frame: () => {
        throw new Error('the panel is gone');
      },
    };
    await assert.rejects(engine.call('explain', stream(500, 2, 5), { on }), {
      code: 'internal',
      message: /the panel is gone/,
    });
    await until('the engine is free', () => engine.state === 'ready');
  });
});
