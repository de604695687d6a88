/** A tiny network, and images that it can learn to tell apart: bright on the left, on the right, or everywhere. */

import { DataType, makeTensor, sizeOf } from '../../src/core/onnx/tensors';
import { createRandom } from '../../src/core/random';
import { encodePng } from '../../src/engine/pictures/image';
import type { TrainingImage } from '../../src/protocol/training';
import type { testFolder } from './folder';
import { type TinyModel, tinyModel } from './tiny-model';

const weight = (name: string, dims: readonly number[], seed: number) => {
  const random = createRandom(seed);
  const scale = 1 / Math.sqrt(sizeOf(dims.slice(1)) || 1);
  return makeTensor(
    name,
    DataType.FLOAT,
    dims,
    Array.from({ length: sizeOf(dims) }, () => scale * random.normal()),
  );
};

/** [N, 3, 8, 8] to a map of 8 channels at 4 x 4, to 3 logits. */
export const LEARNER: TinyModel = {
  nodes: [
    [
      'Conv',
      'image stem stem_b',
      'first',
      { kernel_shape: { ints: [3, 3] }, strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
    ],
    ['Relu', 'first', 'a'],
    ['Conv', 'a body', 'second', { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } }],
    ['Relu', 'second', 'map'],
    ['Flatten', 'map', 'row'],
    ['Gemm', 'row fc fc_b', 'logits', { transB: { int: 1 } }],
  ],
  outputs: ['logits'],
  initializers: [
    weight('stem', [8, 3, 3, 3], 1),
    makeTensor('stem_b', DataType.FLOAT, [8], new Array(8).fill(0)),
    weight('body', [8, 8, 3, 3], 2),
    weight('fc', [3, 128], 3),
    makeTensor('fc_b', DataType.FLOAT, [3], [0, 0, 0]),
  ],
};

export const CLASSES = ['left', 'right', 'all'];

/** @param model the learner, or another network with the same input and classes */
export async function tinySet(folder: ReturnType<typeof testFolder>, perClass: number, model: TinyModel = LEARNER) {
  const file = folder.write('model.onnx', tinyModel(model));
  folder.write('labels.txt', CLASSES.join('\n'));
  folder.write('model.explain.json', {
    input: { width: 8, height: 8, fit: 'stretch', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    output: { name: 'logits', activation: 'softmax' },
    labels: 'labels.txt',
  });
  const random = createRandom(7);
  const images: TrainingImage[] = [];
  for (let id = 0; id < perClass * CLASSES.length; id++) {
    const truth = id % CLASSES.length;
    const data = new Uint8Array(8 * 8 * 3);
    for (let i = 0; i < data.length; i++) {
      const x = Math.floor(i / 3) % 8;
      const isBright = truth === 2 || x < 4 === (truth === 0);
      data[i] = (isBright ? 130 : 60) + random.below(60);
    }
    const bytes = await encodePng({ data, width: 8, height: 8 }, 3);
    images.push({ id, path: folder.write(`images/${id}.png`, bytes), truth: [truth] });
  }
  return { model: { path: file }, images };
}
