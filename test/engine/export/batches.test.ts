/** How many images an exported model takes, where what a network says of an image depends on the images beside it. */
import { strict as assert } from 'node:assert';
import type { Attributes } from '../../../src/core/onnx/emit';
import { DataType, makeTensor } from '../../../src/core/onnx/tensors';
import { createService } from '../../../src/engine/service';
import { npyBytes } from '../../../src/files/npy';
import { classes, engineMap, exportWith, float, runFile } from '../../support/exported';
import { testFolder } from '../../support/folder';
import { largestDifference } from '../../support/reference';
import { CLASSIFIER, type TinyNode, tinyModel } from '../../support/tiny-model';
import { noise } from '../../support/tiny-network';

const DIMS = [1, 3, 8, 8];
const DATA = Float32Array.from(noise(192, 4), (x) => 3 * x + 2);
const OPTIONS = { groups: 4, theta: 30 };

/** The mean of all images is subtracted from each value: as one number, or as one for each channel. */
const MEANS: Readonly<Record<string, Attributes>> = {
  'of all values': { keepdims: { int: 0 } },
  'of channels': { axes: { ints: [0, 2, 3] } },
};

const HEAD = noise(8, 11);
/** What each channel says of the first class is against it. */
const AGAINST = HEAD.map((weight, i) => (i % 2 === 0 ? -Math.abs(weight) : weight));

/** @param bias of the first class */
function mixing(batch: number | string, mean: Attributes, fc = HEAD, bias = 0): Uint8Array {
  const nodes: TinyNode[] = [
    ['ReduceMean', 'image', 'mean', mean],
    ['Sub', 'image mean', 'centred'],
    ['Conv', 'centred stem', 'map'],
    ...CLASSIFIER.nodes.slice(1, -1),
    ['Add', 'logits bias', 'sum'],
    ['Softmax', 'sum', 'p'],
  ];
  return tinyModel({
    nodes,
    outputs: ['p'],
    inputs: { image: [batch, 3, 8, 8] },
    initializers: [
      makeTensor('stem', DataType.FLOAT, [4, 3, 3, 3], noise(108, 7)),
      makeTensor('fc', DataType.FLOAT, [4, 2], fc),
      makeTensor('bias', DataType.FLOAT, [2], [bias, 0]),
    ],
  });
}

describe('export of a model that mixes the images of a batch', () => {
  const folder = testFolder();
  const service = createService();

  for (const [name, mean] of Object.entries(MEANS))
    for (const batch of [1, 'N'])
      it(`takes one image, and gives the map of it alone: the mean ${name}, batch ${batch}`, async () => {
        const model = { path: folder.write('model.onnx', mixing(batch, mean)) };
        const image = { tensor: folder.write('input.npy', npyBytes({ shape: DIMS, data: DATA })) };
        const output = folder.at('model.explained.onnx');
        const made = await exportWith(service, { model, output, class: 'input', options: OPTIONS });
        assert.deepEqual([made.images, made.blends], ['one', 'one by one']);
        assert.equal(
          made.notes.some((note) => /takes one image/.test(note)),
          batch === 'N',
          made.notes.join(),
        );
        const tops = [];
        for (const index of [0, 1]) {
          const { map } = await engineMap(service, { model, image, target: { index }, options: OPTIONS });
          const { saliency } = await runFile(output, { image: float(DATA, DIMS), class: classes(index) });
          assert.ok(largestDifference(saliency!.data as Float32Array, map) <= 1e-4, `class ${index}`);
          tops.push(Math.max(...map));
        }
        assert.ok(tops.includes(1), 'a map that is not blank');
      });

  it('is seen where the maps that are compared are blank, which is said', async () => {
    for (const [batch, mean] of [['N', MEANS['of channels']!] as const, [1, MEANS['of all values']!] as const]) {
      const model = { path: folder.write('model.onnx', mixing(batch, mean, AGAINST, 40)) };
      const output = folder.at('model.explained.onnx');
      const made = await exportWith(service, { model, output, options: OPTIONS });
      assert.deepEqual([made.images, made.blends, made.difference], ['one', 'one by one', 0]);
      assert.match(made.notes.join('\n'), /are blank/);
      // Of a class that an input names, another one is compared.
      const asked = await exportWith(service, { model, output, options: OPTIONS, class: 'input' });
      assert.doesNotMatch(asked.notes.join('\n'), /are blank/);
    }
  });
});
