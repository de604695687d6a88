/** States and answers as the engine would give them, with values that tests can tell apart. */

import { DEFAULT_CHOICE } from '../../src/core/methods/choice';
import { METHOD_OPTIONS } from '../../src/core/methods/method-options';
import type { ModelInfo } from '../../src/core/model/info';
import { defaultsOf } from '../../src/core/options';
import type { Frame } from '../../src/core/saliency';
import type { Sourced } from '../../src/core/sourced';
import type { Explanation } from '../../src/protocol/explanation';

export function frame(done: number, total = 32): Frame {
  return {
    done,
    total,
    height: 1,
    width: 2,
    map: Float32Array.of(done, 1),
    offset: 0,
    signed: false,
    inputSize: { width: 8, height: 8 },
    imageTransform: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: { width: 8, height: 8 } },
  };
}

export function explanation(index: number, label = `label ${index}`): Explanation {
  return {
    image: '/w/a.png',
    model: '/w/net.onnx',
    method: 'group-cam',
    options: defaultsOf(METHOD_OPTIONS['group-cam']),
    blur: DEFAULT_CHOICE.blur,
    layer: 'relu',
    class: index,
    label,
    probability: 0.25,
    activation: 'softmax',
    top: [],
    probabilities: Float32Array.of(0.1, 0.25, 0.65),
    frame: frame(32),
    saliency: { min: 0, max: 1, zero: false },
    scores: new Float32Array(32),
    milliseconds: { load: 1, decode: 2, first: 3, total: 40 },
    device: 'cpu',
    passes: 33,
  };
}

const from = <T>(value: T, origin: Sourced<T>['origin'] = 'graph'): Sourced<T> => ({ value, origin });

export const info: ModelInfo = {
  path: '/w/net.onnx',
  name: 'net',
  demo: false,
  bytes: 1_234_567,
  irVersion: 8,
  opset: 17,
  producer: 'pytorch 2.1',
  inputs: [{ name: 'input', dtype: 'float', shape: ['N', 3, 8, 8] }],
  outputs: [{ name: 'logits', dtype: 'float', shape: ['N', 3] }],
  input: { name: 'input', layout: 'NCHW', channels: 3 },
  preprocessing: {
    width: from(8),
    height: from(8),
    fit: from('crop', 'sidecar'),
    resize: from(9, 'assumed'),
    interpolation: from('bilinear', 'assumed'),
    color: from('BGR', 'hugging-face'),
    scale: from(1 / 255, 'metadata'),
    mean: from([0.485, 0.456, 0.406], 'assumed'),
    std: from([0.229, 0.224, 0.225], 'assumed'),
  },
  output: {
    name: 'logits',
    logits: 'logits',
    link: 'identity',
    activation: from('softmax', 'assumed'),
    classes: 3,
    candidates: [{ name: 'logits', classes: 3 }],
  },
  labels: from(['ant', 'bee', 'cat'], 'chosen'),
  labelsFile: '/w/labels.txt',
  weightsFiles: [],
  layers: [
    {
      tensor: 'conv',
      operator: 'Conv',
      shape: [1, 4, 4, 4],
      channels: 4,
      height: 4,
      width: 4,
      arrangement: 'NCHW',
      skip: 0,
      cut: true,
    },
    {
      tensor: 'relu',
      operator: 'Relu',
      shape: [1, 6, 1, 2],
      channels: 6,
      height: 1,
      width: 2,
      arrangement: 'NCHW',
      skip: 0,
      cut: true,
    },
  ],
  layer: from('relu'),
  unsupported: [{ operator: 'Einsum', node: 'einsum_3' }],
  assumptions: ['mean and std of ImageNet'],
};
