/** Ends of graphs that give probabilities in rarer forms: what is shown, and what is done where there is no gradient. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { openModel } from '../../../src/engine/model/inspect';
import { createSession, floats } from '../../../src/engine/runtime/runtime';
import { createService } from '../../../src/engine/service';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise, tensorFile } from '../../support/tiny-network';

const IMAGE = { data: noise(3 * 8 * 8, 5), depth: 3, height: 8, width: 8 };

/** Logits y, [1, 3]. */
const LOGITS: readonly TinyNode[] = [
  ['Conv', 'image stem', 'map'],
  ['GlobalAveragePool', 'map', 'pooled'],
  ['Flatten', 'pooled', 'f'],
  ['MatMul', 'f fc', 'y'],
];
const INITIALIZERS = [
  makeTensor('stem', DataType.FLOAT, [4, 3, 3, 3], noise(108, 3)),
  makeTensor('fc', DataType.FLOAT, [4, 3], noise(12, 9)),
  makeTensor('large', DataType.FLOAT, [], [1e4]),
];

describe('rarer forms of probabilities', () => {
  const folder = testFolder();
  const service = createService();
  const write = (tail: readonly TinyNode[]) =>
    folder.write('m.onnx', tinyModel({ initializers: INITIALIZERS, nodes: [...LOGITS, ...tail], outputs: ['p'] }));
  const image = () => ({ tensor: folder.write('input.npy', tensorFile(IMAGE)) });

  /** Plain onnxruntime's output. */
  async function run(path: string): Promise<Float32Array> {
    const session = await createSession(path, { bytes: readFileSync(path), nodes: 0, buffers: [] }, new Map(), {
      device: 'cpu',
      optimize: 'all',
      prepack: true,
    });
    const results = await session.run({ image: floats(Float32Array.from(IMAGE.data), [1, 3, 8, 8]) }, ['p']);
    await session.release();
    return results['p']!.data as Float32Array;
  }

  it('a sigmoid by Softplus is a probability already', async () => {
    const path = write([
      ['Neg', 'y', 'n'],
      ['Softplus', 'n', 's'],
      ['Neg', 's', 'l'],
      ['Exp', 'l', 'p'],
    ]);
    assert.equal((await openModel({ path })).info.output.link, 'logit');
    const { explanation } = await explainWith(service, { image: image(), model: { path } });
    assert.ok(largestDifference(explanation.probabilities, await run(path)) <= 1e-6);
  });

  it('rounded ones, which have no gradient, are explained without gradients, and a note says so', async () => {
    const path = write([
      ['Softmax', 'y', 'a'],
      ['Mul', 'a large', 'b'],
      ['Round', 'b', 'r'],
      ['Div', 'r large', 'p'],
    ]);
    const { explanation } = await explainWith(service, { image: image(), model: { path } });
    assert.equal(explanation.options['variant'], 'gradient-free');
    assert.match(explanation.saliency.note ?? '', /since there are no gradients: none of "p" reaches "map"/);
    assert.ok(largestDifference(explanation.probabilities, await run(path)) <= 1e-6);
    const choice = { image: image(), model: { path }, method: 'grad-cam' } as const;
    await assert.rejects(explainWith(service, choice), { code: 'not-connected' });
  });
});
