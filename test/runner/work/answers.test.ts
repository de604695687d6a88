import assert from 'node:assert/strict';
import type { SweepParams } from '../../../src/protocol/requests';
import { answersOf } from '../../../src/runner/work/answers';
import { type FakeOptions, fakeEngine } from './fake-engine';

const paramsFor = (count: number): SweepParams => ({
  model: { path: 'model.onnx' },
  device: 'cpu',
  images: Array.from({ length: count }, (_, id) => ({ id, path: `${id}.png`, truth: [] })),
  top: 5,
  maps: true,
});

async function run(count: number, options: FakeOptions) {
  const engine = fakeEngine(options);
  const swept: number[] = [];
  const failed = new Map<number, string>();
  const answers = {
    swept: ({ id }: { id: number }) => void swept.push(id),
    failed: ({ id, message }: { id: number; message: string }) => void failed.set(id, message),
  };
  await answersOf(engine, paramsFor(count), answers, new AbortController().signal);
  return { engine, swept: swept.sort((a, b) => a - b), failed };
}

const but = (count: number, ...without: number[]) =>
  Array.from({ length: count }, (_, i) => i).filter((i) => !without.includes(i));

describe('runner: answers of an engine that ends', () => {
  it('gives each image one answer', async () => {
    const { engine, swept, failed } = await run(40, { failing: [7] });
    assert.deepEqual(swept, but(40, 7));
    assert.deepEqual([...failed], [[7, '7.png: bad']]);
    assert.equal(engine.calls.length, 1);
  });

  it('finds the images on which the engine ends, and computes all others once', async () => {
    const { swept, failed } = await run(64, { killers: [0, 31, 63] });
    assert.deepEqual(swept, but(64, 0, 31, 63));
    assert.deepEqual(
      [...failed.keys()].sort((a, b) => a - b),
      [0, 31, 63],
    );
    for (const [id, message] of failed)
      assert.match(message, new RegExp(`^${id}\\.png: the engine ends on this image \\(.*SIGSEGV`));
  });

  it('an end that does not come again costs no image', async () => {
    const engine = fakeEngine({ killers: [9] });
    let isKilled = false;
    const call: typeof engine.call = async (...parameters) => {
      if (isKilled) return fakeEngine().call(...parameters);
      isKilled = true;
      return engine.call(...parameters);
    };
    const swept: number[] = [];
    const answers = {
      swept: ({ id }: { id: number }) => void swept.push(id),
      failed: () => assert.fail('an image failed'),
    };
    const once = { ...engine, call, pid: undefined };
    await answersOf(once, paramsFor(20), answers, new AbortController().signal);
    assert.deepEqual(swept, but(20));
  });

  it('blames the model when the engine ends on one image after another', async () => {
    await assert.rejects(run(256, { killers: but(256) }), { code: 'engine-crashed' });
  });
});
