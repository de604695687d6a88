import assert from 'node:assert/strict';
import { findScores } from '../../../src/core/model/logits';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { factsOf, parseTiny, type TinyModel, type TinyNode } from '../../support/tiny-model';

/** A convolution and global pooling to [1, 5, 1, 1], called `pooled`, flattened to `row`. */
const BODY: readonly TinyNode[] = [
  ['Conv', 'image w', 'map'],
  ['GlobalAveragePool', 'map', 'pooled'],
  ['Flatten', 'pooled', 'row'],
];
const weights = { w: [5, 3, 3, 3] };
const int = (value: number) => ({ int: value });

async function scoresOf(tail: readonly TinyNode[], outputs: readonly string[], more: Partial<TinyModel> = {}) {
  const model = parseTiny({ nodes: [...BODY, ...tail], outputs, weights, ...more });
  return findScores(model, await factsOf(model), 'image');
}

describe('class scores', () => {
  const five = makeTensor('five', DataType.INT64, [2], [-1, 5]);
  const axes = makeTensor('axes', DataType.INT64, [2], [2, 3]);
  const cases: [string, readonly TinyNode[], string, string | undefined, Partial<TinyModel>?][] = [
    ['nothing', [], 'row', undefined],
    ['softmax', [['Softmax', 'row', 'p']], 'row', 'softmax'],
    ['log-softmax', [['LogSoftmax', 'row', 'p', { axis: int(1) }]], 'row', 'softmax'],
    ['sigmoid', [['Sigmoid', 'row', 'p']], 'row', 'sigmoid'],
    [
      'softmax, then identity',
      [
        ['Softmax', 'row', 'q'],
        ['Identity', 'q', 'p'],
      ],
      'row',
      'softmax',
    ],
    [
      'softmax on maps, then flatten',
      [
        ['Softmax', 'pooled', 'q', { axis: int(1) }],
        ['Flatten', 'q', 'p'],
      ],
      'pooled',
      'softmax',
    ],
    [
      'reshape, softmax, reshape',
      [
        ['Reshape', 'pooled five', 'z'],
        ['Softmax', 'z', 'q'],
        ['Reshape', 'q five', 'p'],
      ],
      'z',
      'softmax',
      { initializers: [five] },
    ],
    [
      'softmax of classes before images, then transpose',
      [
        ['Transpose', 'row', 'columns', { perm: { ints: [1, 0] } }],
        ['Softmax', 'columns', 'q', { axis: int(0) }],
        ['Transpose', 'q', 'p', { perm: { ints: [1, 0] } }],
      ],
      'p',
      undefined,
    ],
    [
      'sigmoid on maps, then squeeze',
      [
        ['Sigmoid', 'pooled', 'q'],
        ['Squeeze', 'q axes', 'p'],
      ],
      'pooled',
      'sigmoid',
      { initializers: [axes] },
    ],
    [
      'softmax, cast twice',
      [
        ['Softmax', 'row', 'q'],
        ['Cast', 'q', 'd', { to: int(DataType.DOUBLE) }],
        ['Cast', 'd', 'p', { to: int(DataType.FLOAT) }],
      ],
      'row',
      'softmax',
    ],
    [
      'softmax over all axes from 1, opset 11',
      [
        ['Softmax', 'pooled', 'q', { axis: int(1) }],
        ['Flatten', 'q', 'p'],
      ],
      'pooled',
      'softmax',
      { opset: 11 },
    ],
    ['softmax over a single value, which is none over classes', [['Softmax', 'pooled', 'p']], 'p', undefined],
    [
      'sigmoid in the middle',
      [
        ['Sigmoid', 'row', 'q'],
        ['Mul', 'q q', 'p'],
      ],
      'p',
      undefined,
    ],
  ];
  for (const [what, tail, logits, activation, more] of cases)
    it(`a graph that ends in ${what}`, async () => {
      const output = tail.length > 0 ? 'p' : 'row';
      const found = await scoresOf(tail, [output], more);
      assert.deepEqual([found.output, found.logits, found.activation, found.classes], [output, logits, activation, 5]);
    });

  it('is the output of the right shape and of the most telling name', async () => {
    const tail: readonly TinyNode[] = [
      ['Identity', 'row', 'features'],
      ['Identity', 'row', 'class_logits'],
      ['ArgMax', 'row', 'label', { axis: int(1), keepdims: int(0) }],
    ];
    assert.equal((await scoresOf(tail, ['map', 'features', 'label', 'class_logits'])).output, 'class_logits');
    assert.equal((await scoresOf(tail, ['map', 'label', 'features'])).output, 'features');
  });

  it('is not a constant or a map', async () => {
    const constant = makeTensor('five', DataType.FLOAT, [1, 5], [1, 2, 3, 4, 5]);
    await assert.rejects(scoresOf([['Relu', 'five', 'priors']], ['map', 'priors'], { initializers: [constant] }), {
      code: 'no-scores',
      message: /map \[1, 5, 6, 6\], priors \[1, 5\]\. .*output\.name.*row \[1, 5\], pooled \[1, 5, 1, 1\]/,
    });
  });
});
