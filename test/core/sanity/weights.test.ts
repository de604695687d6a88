/** The weights of each layer, and their randomisation. */
import assert from 'node:assert/strict';
import { DataType, fromHalf, makeTensor } from '../../../src/core/onnx/tensors';
import { withWeights } from '../../../src/core/onnx/weights';
import { createRandom } from '../../../src/core/random';
import { depthsOf, weightLayers } from '../../../src/core/sanity/layers';
import { randomiseLike, rawBytes } from '../../../src/core/sanity/randomise';
import { parseTiny, type TinyModel } from '../../support/tiny-model';

const LAYERED: TinyModel = {
  nodes: [
    ['Conv', 'image stem stem.bias', 'first'],
    ['BatchNormalization', 'first scale shift mean variance', 'normal'],
    ['Relu', 'normal', 'relu'],
    ['Conv', 'relu left', 'one'],
    ['DequantizeLinear', 'right.int8 step', 'right'],
    ['Conv', 'relu right', 'two'],
    ['Add', 'one two', 'sum'],
    ['GlobalAveragePool', 'sum', 'pooled'],
    ['Flatten', 'pooled', 'row'],
    ['Transpose', 'fc', 'fc.t'],
    ['MatMul', 'row fc.t', 'product'],
    ['Add', 'product fc.bias', 'logits'],
    ['Softmax', 'logits', 'p'],
    ['MatMul', 'fc fc.t', 'unused'],
  ],
  outputs: ['p', 'unused'],
  weights: {
    stem: [4, 3, 3, 3],
    'stem.bias': [4],
    scale: [4],
    shift: [4],
    mean: [4],
    variance: [4],
    left: [4, 4, 1, 1],
    fc: [2, 4],
    'fc.bias': [2],
  },
  initializers: [
    makeTensor('right.int8', DataType.INT8, [4, 4, 1, 1], [...Array(16).keys()]),
    makeTensor('step', DataType.FLOAT, [], [0.1]),
  ],
};

describe('layers with weights', () => {
  it('come from the logits down, with their biases, through what is computed from constants', () => {
    assert.deepEqual(weightLayers(parseTiny(LAYERED), 'image', 'logits'), [
      { name: 'product', weights: ['fc', 'fc.bias'] },
      { name: 'two', weights: ['right.int8'] },
      { name: 'one', weights: ['left'] },
      { name: 'first', weights: ['stem', 'stem.bias'] },
    ]);
  });

  it('shared weights belong to the later layer', () => {
    const model = parseTiny({
      nodes: [
        ['Conv', 'image w', 'a'],
        ['Conv', 'a w', 'b'],
        ['GlobalAveragePool', 'b', 'pooled'],
        ['Flatten', 'pooled', 'logits'],
      ],
      outputs: ['logits'],
      weights: { w: [3, 3, 1, 1] },
    });
    assert.deepEqual(weightLayers(model, 'image', 'logits'), [{ name: 'b', weights: ['w'] }]);
  });

  it('depths run from the last layer to all, evenly', () => {
    assert.deepEqual(depthsOf(53, 5), [1, 14, 27, 40, 53]);
    assert.deepEqual(depthsOf(3, 8), [1, 2, 3]);
    assert.deepEqual(depthsOf(4, 1), [4]);
  });
});

describe('drawn weights', () => {
  const moments = (values: ArrayLike<number>) => {
    const all = Array.from(values);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    return { mean, deviation: Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length) };
  };
  const learned = (type: DataType) => {
    // Far from normal: mostly small, some large, mean 3.25 and deviation 5.8.
    const values = Array.from({ length: 40_000 }, (_, i) => (i % 8 === 0 ? 20 : (i % 5) - 1));
    return { values, bytes: rawBytes(makeTensor('w', type, [values.length], values)) };
  };
  const reads: readonly (readonly [
    name: string,
    type: DataType,
    read: (bytes: Uint8Array<ArrayBuffer>) => ArrayLike<number>,
  ])[] = [
    ['float', DataType.FLOAT, ({ buffer }) => new Float32Array(buffer)],
    ['double', DataType.DOUBLE, ({ buffer }) => new Float64Array(buffer)],
    ['half', DataType.FLOAT16, ({ buffer }) => Float32Array.from(new Uint16Array(buffer), fromHalf)],
    ['int8', DataType.INT8, ({ buffer }) => new Int8Array(buffer)],
    ['int32', DataType.INT32, ({ buffer }) => new Int32Array(buffer)],
  ];
  for (const [name, type, read] of reads) {
    it(`${name}: have the mean and the deviation of the learned ones, and none of their order`, () => {
      const { values, bytes } = learned(type);
      const drawn = read(randomiseLike(type, bytes, createRandom(5)));
      const [wanted, found] = [moments(values), moments(drawn)];
      // Standard errors are 0.03 and 0.02; rounding to whole numbers adds 1/12 to the variance.
      assert.ok(Math.abs(found.mean - wanted.mean) < 0.15, `${found.mean}, ${wanted.mean}`);
      assert.ok(Math.abs(found.deviation - wanted.deviation) < 0.1, `${found.deviation}, ${wanted.deviation}`);
      const product = Array.from(drawn).reduce(
        (sum, value, i) => sum + (value - found.mean) * (values[i]! - wanted.mean),
        0,
      );
      assert.ok(Math.abs(product / values.length / (found.deviation * wanted.deviation)) < 0.03);
    });
  }

  it('a seed decides them', () => {
    const { bytes } = learned(DataType.FLOAT);
    const draw = (seed: number) => randomiseLike(DataType.FLOAT, bytes, createRandom(seed));
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
  });

  it('weights at odd addresses are read too', () => {
    const { bytes } = learned(DataType.FLOAT);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const draw = (from: Uint8Array) => randomiseLike(DataType.FLOAT, from, createRandom(1));
    assert.deepEqual(draw(shifted.subarray(1)), draw(bytes));
  });

  it('take the place of the learned ones in a model, large ones by reference', () => {
    const model = parseTiny({ ...LAYERED, weights: { ...LAYERED.weights, stem: [40, 3, 3, 3] } });
    const stem = new Uint8Array(40 * 27 * 4).fill(1);
    const bias = new Uint8Array(8).fill(2);
    const replaced = withWeights(
      model,
      new Map([
        ['stem', stem],
        ['fc.bias', bias],
      ]),
    );
    assert.deepEqual([...replaced.buffers], [['replaced/stem', stem]]);
    assert.deepEqual(replaced.model.initializers.get('fc.bias')!.rawData, bias);
    assert.deepEqual(replaced.model.initializers.get('stem')!.dims, [40n, 3n, 3n, 3n]);
    assert.equal(replaced.model.initializers.get('left'), model.initializers.get('left'), 'the others stay');
    assert.notDeepEqual(model.initializers.get('fc.bias')!.rawData, bias, 'and so does the model itself');
  });
});
