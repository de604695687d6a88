import { strict as assert } from 'node:assert';
import { errors } from '../../../src/core/errors';
import { type Batching, batchingFor, inChunks } from '../../../src/engine/runtime/batching';
import { sessionsCreated } from '../../../src/engine/runtime/runtime';
import { createLru } from '../../../src/engine/sessions/lru';
import { createSessions } from '../../../src/engine/sessions/sessions';
import { testFolder } from '../../support/folder';
import { LAYER, networkModel } from '../../support/tiny-network';

describe('sessions', () => {
  const folder = testFolder();

  it('are kept while the model stays the same, and made anew when it changes', async () => {
    const sessions = createSessions();
    const path = folder.write('model.onnx', networkModel());
    const first = await sessions.explainerFor({ path, layer: LAYER }, 'cpu', ['feature-gradient']);
    const made = sessionsCreated();
    assert.equal(await sessions.explainerFor({ path, layer: LAYER }, 'cpu', ['feature-gradient']), first);
    assert.equal(sessionsCreated(), made);

    folder.write('model.onnx', networkModel({ opset: 13 }));
    const second = await sessions.explainerFor({ path, layer: LAYER }, 'cpu', ['feature-gradient']);
    assert.notEqual(second, first);
    assert.equal(second.info.opset, 13);
    await assert.rejects(first.score.run({}, []), 'the old session is released');
  });

  it('need no gradient session for a method without gradients, and get it later', async () => {
    const sessions = createSessions();
    const path = folder.write('model.onnx', networkModel());
    const without = await sessions.explainerFor({ path, layer: LAYER }, 'cpu', []);
    assert.deepEqual(without.parts, {});
    const { score } = without;
    const withGradients = await sessions.explainerFor({ path, layer: LAYER }, 'cpu', ['feature-gradient']);
    assert.ok(withGradients.parts['feature-gradient']);
    assert.equal(withGradients.score, score);
  });

  it('of a race are made for it alone, and its name changes with the model', async () => {
    const sessions = createSessions();
    const path = folder.write('model.onnx', networkModel());
    const race = await sessions.race({ path, layer: LAYER });
    assert.ok((await race.time('cpu')) > 0);
    const made = sessionsCreated();
    await sessions.explainerFor({ path, layer: LAYER }, 'cpu', []);
    assert.equal(sessionsCreated(), made + 1);
    assert.equal((await sessions.race({ path, layer: LAYER })).model, race.model);
    folder.write('model.onnx', networkModel({ opset: 13 }));
    assert.notEqual((await sessions.race({ path, layer: LAYER })).model, race.model);
  });
});

describe('least recently used', () => {
  it('entries go once the budget is exceeded, and are released', () => {
    const dropped: number[] = [];
    const lru = createLru<number>(
      10,
      (value) => value,
      (value) => dropped.push(value),
    );
    lru.set('a', 4);
    lru.set('b', 5);
    assert.equal(lru.get('a'), 4);
    lru.set('c', 3);
    assert.deepEqual(dropped, [5]);
    assert.deepEqual(lru.entries(), [
      ['a', 4],
      ['c', 3],
    ]);
  });
  it('the newest stays however large', () => {
    const lru = createLru<number>(10, (value) => value);
    lru.set('a', 1);
    lru.set('b', 100);
    assert.deepEqual(lru.entries(), [['b', 100]]);
  });
  it('an entry set again is counted anew, not released', () => {
    const dropped: { cost: number }[] = [];
    const lru = createLru<{ cost: number }>(
      10,
      ({ cost }) => cost,
      (value) => dropped.push(value),
    );
    const [a, b] = [{ cost: 4 }, { cost: 4 }];
    lru.set('a', a);
    lru.set('b', b);
    b.cost = 8;
    lru.set('b', b);
    assert.deepEqual(dropped, [a]);
  });
  it('a replaced entry is released', () => {
    const dropped: number[] = [];
    const lru = createLru<number>(
      10,
      () => 1,
      (value) => dropped.push(value),
    );
    lru.set('a', 1);
    lru.set('a', 2);
    assert.deepEqual(dropped, [1]);
  });
});

describe('chunks', () => {
  const failed = errors.runtimeFailed('model.onnx', 'this graph takes one image');
  const collect = async (
    owner: { batching: Batching },
    count: number,
    run = async (chunk: readonly number[]) => chunk,
  ) => {
    const chunks: (readonly number[])[] = [];
    for await (const chunk of inChunks(owner, Array(count).keys(), run)) chunks.push(chunk);
    return chunks;
  };

  it('have the full size, except for the last one', async () => {
    assert.deepEqual(await collect({ batching: { size: 3, padded: false } }, 7), [[0, 1, 2], [3, 4, 5], [6]]);
    assert.deepEqual(await collect({ batching: { size: 3, padded: false } }, 0), []);
  });
  it('are drawn only when it is their turn', async () => {
    let drawn = 0;
    function* items() {
      for (; ; drawn++) yield drawn;
    }
    const chunks = inChunks({ batching: { size: 4, padded: false } }, items(), async (chunk) => chunk);
    for (const expected of [4, 8]) {
      await chunks.next();
      assert.ok(drawn <= expected, `${drawn} items for ${expected}`);
    }
  });
  it('are asked again one by one where the graph takes one image only', async () => {
    const owner = { batching: { size: 3, padded: true } };
    const one = async (chunk: readonly number[]) => {
      if (owner.batching.size > 1) throw failed;
      return chunk;
    };
    assert.deepEqual(await collect(owner, 4, one), [[0], [1], [2], [3]]);
    assert.equal(owner.batching.size, 1);
  });
  it('that fail one by one too are a failure', async () => {
    await assert.rejects(
      collect({ batching: { size: 3, padded: false } }, 4, async () => {
        throw failed;
      }),
      { code: 'runtime-failed' },
    );
  });
  it('are of one image for a model that takes one', () => {
    const info = (batch: number | string) => ({
      inputs: [{ name: 'image', dtype: 'float', shape: [batch, 3, 8, 8] }],
      input: { name: 'image', layout: 'NCHW', channels: 3 },
    });
    assert.equal(batchingFor(info(1) as never, 'cuda').size, 1);
    assert.equal(batchingFor(info('N') as never, 'cuda').padded, true);
    assert.equal(batchingFor(info('N') as never, 'cpu').padded, false);
  });
});
