/** Models whose scores of an image depend on those beside it are asked for one image at a time. */
import { strict as assert } from 'node:assert';
import type { Attributes } from '../../../src/core/onnx/emit';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { explainWith } from '../../support/explain';
import { engineMap } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { CLASSIFIER, type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const DIMS = [1, 3, 8, 8];

const NETWORK: TinyModel = {
  ...CLASSIFIER,
  weights: {},
  initializers: [
    makeTensor('stem', DataType.FLOAT, [4, 3, 3, 3], noise(108, 7)),
    makeTensor('fc', DataType.FLOAT, [4, 2], noise(8, 11)),
  ],
};

describe('a model that mixes the images of a batch', () => {
  const folder = testFolder();
  const service = createService();

  /** The mean of all images is subtracted from each value: as one number, or as one for each channel. */
  const means: Readonly<Record<string, Attributes>> = {
    'of all values': { keepdims: { int: 0 } },
    'of channels': { axes: { ints: [0, 2, 3] } },
  };
  const explained = async (batch: number | string, mean: Attributes) => {
    const nodes: TinyNode[] = [
      ['ReduceMean', 'image', 'mean', mean],
      ['Sub', 'image mean', 'centred'],
      ['Conv', 'centred stem', 'map'],
      ...CLASSIFIER.nodes.slice(1),
    ];

    const model = {
      path: folder.write(`${batch}.onnx`, tinyModel({ ...NETWORK, nodes, inputs: { image: [batch, 3, 8, 8] } })),
    };
    const data = Float32Array.from(noise(192, 4), (x) => 3 * x + 2);
    const image = { tensor: folder.write('input.npy', npyBytes({ shape: DIMS, data })) };
    return engineMap(service, { model, image, target: { index: 0 }, options: { groups: 4, theta: 30 } });
  };

  for (const [name, mean] of Object.entries(means))
    it(`has the scores of the same model for one image: the mean ${name}`, async () => {
      const [one, many] = [await explained(1, mean), await explained('N', mean)];
      assert.ok(one.scores!.some((score) => score !== 0));
      assert.ok(largestDifference(many.scores!, one.scores!) <= 1e-6);
      assert.ok(largestDifference(many.map, one.map) <= 1e-5);
    });

  describe('behind the layer', () => {
    /** The same for one image and for any number. */
    const asked = (batch: number | string) => {
      const nodes: TinyNode[] = [
        ['Conv', 'image stem', 'map'],
        ['ReduceMean', 'map', 'mean', { axes: { ints: [0, 2, 3] } }],
        ['Sub', 'map mean', 'centred'],
        ['Relu', 'centred', 'relu'],
        ...CLASSIFIER.nodes.slice(2),
      ];
      const path = folder.write(`${batch}.onnx`, tinyModel({ ...NETWORK, nodes, inputs: { image: [batch, 3, 8, 8] } }));
      const data = Float32Array.from(noise(192, 4), (x) => 3 * x + 2);
      const image = { tensor: folder.write('input.npy', npyBytes({ shape: DIMS, data })) };
      return { model: { path, layer: 'map' }, image, target: { index: 0 } } as const;
    };

    for (const method of ['ablation-cam', 'recipro-cam'] as const)
      it(`${method} has the map of the same model for one image`, async () => {
        const [one, many] = [
          await engineMap(service, { ...asked(1), method }),
          await engineMap(service, { ...asked('N'), method }),
        ];
        assert.ok(one.map.some((value) => value !== 0));
        assert.ok(largestDifference(many.map, one.map) <= 1e-5, `${largestDifference(many.map, one.map)}`);
      });

    it('the curve of a map has the values of the same model for one image', async () => {
      const curveOf = async (batch: number | string) => {
        const what = asked(batch);
        const { explanation } = await explainWith(service, { ...what, method: 'grad-cam' });
        const { maps } = await service.measure(
          {
            ...{ view: 'test', seed: 0, pictures: false, maps: ['explanation'], explanation },
            ...{
              image: what.image,
              model: what.model,
              metrics: [{ metric: 'insertion', options: { step: 4, unit: 'pixels' } }],
            },
          },
          { signal: new AbortController().signal, emit() {} },
        );
        return Float32Array.from(maps.explanation!.curves['insertion']!.probabilities);
      };
      const [one, many] = [await curveOf(1), await curveOf('N')];
      assert.ok(new Set(one).size > 3);
      assert.ok(largestDifference(many, one) <= 1e-5, `${largestDifference(many, one)}`);
    });
  });

  it('is not counted as passes of an explanation', async () => {
    const path = folder.write('plain.onnx', tinyModel(CLASSIFIER));
    const image = {
      tensor: folder.write('input.npy', npyBytes({ shape: DIMS, data: Float32Array.from(noise(192, 4)) })),
    };
    const passes = [];
    for (let i = 0; i < 2; i++)
      passes.push((await explainWith(service, { model: { path }, image, options: { groups: 4 } })).explanation.passes);
    assert.ok(passes[0]! >= passes[1]!);
  });
});
