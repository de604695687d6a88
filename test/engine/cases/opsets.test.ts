/** Models of the oldest operator sets that the runtime has kernels for, as the first exporters wrote them. */
import assert from 'node:assert/strict';
import { METHODS } from '../../../src/core/methods/names';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { saliencyOf } from '../../../src/core/saliency';
import { gradient } from '../../../src/engine/explanations/gradient';
import { openModel } from '../../../src/engine/model/inspect';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { testFolder } from '../../support/folder';
import { plainRun } from '../../support/plain';
import { needs, shared } from '../../support/shared';
import { type TinyModel, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const DIMS = [1, 3, 32, 32];
const IMAGE = Float32Array.from(noise(3 * 32 * 32, 3));

describe('operator sets 7 and 8', () => {
  const folder = testFolder();
  const service = createService();
  const tensor = (dims: readonly number[] = DIMS, data = IMAGE) =>
    folder.write('input.npy', npyBytes({ shape: [...dims], data }));

  for (const file of ['opset7.onnx', 'opset8.onnx', 'opset8-large.onnx'])
    it(`${file}: logits are those of onnxruntime, and every method gives a map`, async function () {
      const path = shared('cases', 'opset8', file);
      needs(this, path, 'old operator sets');
      const { info } = await openModel({ path });
      assert.equal(info.opset, file.startsWith('opset7') ? 7 : 8);
      const logits = await plainRun(path, IMAGE, DIMS);
      const total = logits.reduce((sum, y) => sum + Math.exp(y), 0);
      for (const method of METHODS) {
        const { explanation } = await explainWith(service, {
          image: { tensor: tensor() },
          model: { path },
          method,
          options: method === 'rise' ? { masks: 64 } : {},
        });
        for (const [c, p] of explanation.probabilities.entries())
          assert.ok(Math.abs(p - Math.exp(logits[c]!) / total) < 1e-6, `${method}, class ${c}: ${p}`);
        assert.equal(explanation.saliency.zero, false, `${method}: ${explanation.saliency.reason}`);
        assert.ok(saliencyOf(explanation.frame).map.every(Number.isFinite), method);
      }
    });

  it('an Upsample and a BatchNormalization of set 8 keep their meaning, and their gradient is that of set 9', async () => {
    const scales = makeTensor('', DataType.FLOAT, [4], [1, 1, 2, 2]);
    const model = (old: boolean): TinyModel => ({
      opset: old ? 8 : 9,
      inputs: { image: ['N', 3, 8, 8] },
      nodes: [
        ...(old ? [] : ([['Constant', '', 'scales', { value: { tensor: scales } }]] as TinyModel['nodes'])),
        ['Conv', 'image stem', 'map'],
        ['BatchNormalization', 'map a b c d', 'norm', old ? { spatial: { int: 1 } } : {}],
        ['Relu', 'norm', 'relu'],
        old
          ? ['Upsample', 'relu', 'large', { scales: { floats: [1, 1, 2, 2] }, mode: { string: 'nearest' } }]
          : ['Upsample', 'relu scales', 'large', { mode: { string: 'nearest' } }],
        ['Conv', 'large next', 'later'],
        ['GlobalAveragePool', 'later', 'pooled'],
        ['Flatten', 'pooled', 'row'],
        ['MatMul', 'row fc', 'logits'],
      ],
      outputs: ['logits'],
      weights: { stem: [4, 3, 3, 3], fc: [5, 2], next: [5, 4, 3, 3] },
      initializers: ['a', 'b', 'c', 'd'].map((name, i) => makeTensor(name, DataType.FLOAT, [4], [1, 2, 0.5, i + 1])),
    });
    const data = Float32Array.from(noise(3 * 8 * 8, 2));
    const of = async (old: boolean) => {
      const path = folder.write(`${old}.onnx`, tinyModel(model(old)));
      const input = { tensor: tensor([1, 3, 8, 8], data) };
      const { data: slopes } = await gradient({ model: { path }, image: input, target: { index: 1 } });
      const { explanation } = await explainWith(service, { image: input, model: { path } });
      return { slopes, plain: await plainRun(path, data, [1, 3, 8, 8]), p: explanation.probabilities };
    };
    const [before, after] = [await of(true), await of(false)];
    assert.deepEqual([...before.plain], [...after.plain]);
    assert.deepEqual([...before.p], [...after.p]);
    assert.deepEqual([...before.slopes], [...after.slopes]);
  });
});
