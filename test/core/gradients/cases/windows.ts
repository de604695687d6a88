import type { Case } from '../check';
import { float, float32, int, ints, string } from './operands';

const conv = (x: number[], w: number[], attributes: Case['attributes'] = {}, more: Partial<Case> = {}): Case => ({
  op: 'Conv',
  kind: 'linear',
  inputs: [x, w],
  wrt: [0, 1],
  attributes,
  ...more,
});

const transposed = (x: number[], w: number[], attributes: Case['attributes'] = {}): Case => ({
  ...conv(x, w, attributes),
  op: 'ConvTranspose',
});

export const convolutions: readonly Case[] = [
  conv([2, 3, 5, 6], [4, 3, 3, 3]),
  conv([2, 3, 5, 6], [4, 3, 3, 3], {}, { inputs: [[2, 3, 5, 6], [4, 3, 3, 3], [4]], wrt: [0, 1, 2] }),
  conv([2, 3, 5, 6], [4, 3, 3, 3], {}, { inputs: [[2, 3, 5, 6], [4, 3, 3, 3], [4]], wrt: [1] }),
  conv([3, 3, 9, 8], [5, 3, 1, 1], { strides: ints(3, 2) }, { opset: 9 }),
  conv([3, 4, 1, 1], [5, 4, 1, 1]),
  conv([1, 3, 5, 6], [4, 3, 3, 2], { pads: ints(1, 1, 1, 1) }, { opset: 9 }),
  conv([1, 3, 6, 5], [4, 3, 3, 3], { pads: ints(0, 1, 2, 0) }, { opset: 11 }),
  conv([1, 2, 7, 8], [3, 2, 3, 3], { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }),
  conv([1, 2, 8, 8], [3, 2, 3, 3], { strides: ints(2, 3), pads: ints(1, 0, 0, 2) }),
  conv([1, 2, 9, 9], [3, 2, 2, 3], { strides: ints(3, 2) }),
  conv([1, 2, 9, 10], [3, 2, 3, 3], { dilations: ints(2, 3), pads: ints(2, 1, 0, 3) }),
  conv([1, 2, 11, 11], [3, 2, 3, 3], { dilations: ints(2, 2), strides: ints(2, 2), pads: ints(1, 2, 2, 1) }),
  conv([1, 4, 6, 6], [6, 2, 3, 3], { group: int(2), pads: ints(1, 1, 1, 1) }),
  conv([1, 4, 7, 6], [6, 2, 3, 3], { group: int(2), strides: ints(2, 2) }),
  conv([2, 4, 6, 6], [4, 1, 3, 3], { group: int(4), pads: ints(1, 1, 1, 1) }),
  conv([1, 4, 8, 7], [8, 1, 5, 3], { group: int(4), strides: ints(2, 2), pads: ints(2, 1, 2, 1) }),
  // Strided, as the CPU has rules of its own for: depthwise ones, and those of many channels.
  ...[10, 12, 17].flatMap((opset) => [
    conv([2, 3, 8, 8], [3, 1, 3, 3], { group: int(3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) }, { opset }),
    conv([1, 3, 9, 7], [3, 1, 5, 3], { group: int(3), strides: ints(2, 3), pads: ints(2, 1, 1, 0) }, { opset }),
    conv([1, 2, 9, 9], [2, 1, 3, 3], { group: int(2), strides: ints(2, 2), dilations: ints(2, 1) }, { opset }),
    conv([2, 16, 8, 7], [3, 16, 1, 1], { strides: ints(2, 2) }, { opset }),
    conv([1, 32, 8, 7], [4, 16, 1, 1], { group: int(2), strides: ints(3, 1) }, { opset }),
    conv([1, 16, 8, 7], [16, 16, 1, 1], { strides: ints(2, 2) }, { opset }),
    conv([1, 16, 8, 7], [16, 1, 3, 3], { group: int(16), strides: ints(2, 2), pads: ints(1, 1, 1, 1) }, { opset }),
    conv([1, 16, 7, 8], [2, 16, 1, 1], { strides: ints(2, 2), pads: ints(1, 0, 1, 0) }, { opset }),
    conv([2, 16, 7, 8], [3, 16, 3, 3], { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }, { opset }),
    conv([1, 32, 9, 8], [4, 16, 5, 3], { group: int(2), strides: ints(2, 3), pads: ints(2, 0, 1, 1) }, { opset }),
    conv([1, 16, 8, 8], [2, 16, 2, 3], { strides: ints(3, 2) }, { opset }),
  ]),
  conv([1, 3, 6, 6], [5, 3, 1, 1]),
  conv([1, 3, 7, 6], [5, 3, 1, 1], { strides: ints(2, 2) }),
  conv([1, 3, 4, 4], [5, 3, 1, 1], { pads: ints(1, 0, 2, 1) }),
  conv([1, 3, 5, 5], [5, 3, 2, 2], { pads: ints(3, 3, 3, 3) }),
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((pad) => [
    conv([1, 2, 6, 7], [3, 2, 3, 2], { auto_pad: string(pad) }),
    conv([1, 2, 6, 7], [3, 2, 4, 3], { auto_pad: string(pad), strides: ints(2, 3) }),
  ]),
  conv([2, 3, 9], [4, 3, 3], { strides: ints(2), pads: ints(1, 0) }),
  conv([1, 3, 9], [4, 3, 3], { dilations: ints(2) }),
  conv([1, 2, 4, 5, 6], [3, 2, 2, 3, 3], { pads: ints(1, 0, 1, 0, 1, 1) }),
  conv([1, 2, 5, 5, 6], [3, 2, 2, 3, 3], { strides: ints(1, 2, 2), pads: ints(0, 1, 1, 1, 1, 1) }),

  transposed([2, 3, 4, 5], [3, 2, 3, 3]),
  transposed([1, 3, 4, 5], [3, 2, 3, 3], { strides: ints(2, 2), pads: ints(1, 0, 0, 1) }),
  transposed([1, 3, 4, 5], [3, 2, 3, 3], { strides: ints(2, 3), output_padding: ints(1, 2) }),
  transposed([1, 4, 4, 5], [4, 3, 3, 3], { group: int(2), dilations: ints(2, 1), pads: ints(1, 1, 1, 1) }),
  transposed([1, 3, 4, 5], [3, 2, 3, 3], { strides: ints(2, 2), auto_pad: string('SAME_UPPER') }),
  transposed([1, 3, 4, 5], [3, 2, 3, 3], { strides: ints(2, 2), auto_pad: string('SAME_LOWER') }),
  transposed([1, 3, 4, 5], [3, 2, 3, 3], { strides: ints(2, 2), output_shape: ints(8, 10) }),
];

const pool = (op: string, x: number[], kernel: number[], attributes = {}, opset = 17): Case => ({
  op,
  kind: op === 'MaxPool' ? 'piecewise' : 'linear',
  inputs: [x],
  attributes: { kernel_shape: ints(...kernel), ...attributes },
  opset,
});

/** Geometries that both pools have. */
const geometries = (op: string): Case[] => [
  // Channels that fill a block of the CPU's layout, for which it has rules of its own.
  ...[10, 12, 17].flatMap((opset) => [
    pool(op, [2, 16, 6, 4], [2, 2], { strides: ints(2, 2) }, opset),
    pool(op, [1, 32, 7, 6], [3, 3], { pads: ints(1, 1, 1, 1) }, opset),
    pool(op, [1, 16, 7, 6], [3, 2], { pads: ints(0, 1, 2, 0) }, opset),
    pool(op, [1, 16, 7, 8], [3, 3], { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }, opset),
    pool(op, [1, 16, 7, 7], [2, 2], { strides: ints(2, 2) }, opset),
  ]),
  pool(op, [2, 3, 6, 6], [2, 2], { strides: ints(2, 2) }),
  pool(op, [1, 2, 7, 8], [3, 3], { strides: ints(2, 2) }),
  pool(op, [2, 3, 7, 8], [3, 3], { strides: ints(2, 2), pads: ints(1, 1, 1, 1) }),
  pool(op, [1, 2, 6, 6], [3, 2]),
  pool(op, [1, 2, 5, 6], [3, 3], { pads: ints(1, 1, 1, 1) }, 9),
  pool(op, [1, 2, 7, 8], [3, 3], { strides: ints(2, 3), pads: ints(0, 1, 1, 0) }),
  pool(op, [1, 2, 9, 9], [2, 2], { strides: ints(3, 4) }),
  pool(op, [1, 1, 2, 2], [3, 3], { pads: ints(1, 1, 1, 1) }),
  pool(op, [1, 2, 7, 8], [3, 3], { strides: ints(2, 2), ceil_mode: int(1) }),
  pool(op, [1, 2, 8, 8], [3, 3], { strides: ints(2, 2), ceil_mode: int(1) }),
  pool(op, [1, 2, 8, 9], [3, 3], { strides: ints(2, 2), pads: ints(1, 1, 1, 1), ceil_mode: int(1) }),
  pool(op, [1, 2, 7, 7], [2, 2], { strides: ints(2, 2), ceil_mode: int(1) }, 11),
  pool(op, [2, 2, 9], [3], { strides: ints(2), pads: ints(1, 0) }),
  pool(op, [1, 2, 4, 5, 6], [2, 3, 2], { strides: ints(2, 1, 2), pads: ints(0, 1, 0, 0, 1, 0) }),
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map((pad) =>
    pool(op, [1, 2, 6, 7], [3, 2], { auto_pad: string(pad), strides: ints(2, 2) }),
  ),
];

export const pools: readonly Case[] = [
  ...geometries('MaxPool'),
  pool('MaxPool', [1, 2, 9, 9], [3, 2], { dilations: ints(2, 3), pads: ints(1, 0, 1, 1) }),
  pool('MaxPool', [1, 2, 9, 9], [3, 3], { dilations: ints(2, 2), strides: ints(2, 2), ceil_mode: int(1) }),
  pool('MaxPool', [1, 2, 6, 6], [2, 2], { strides: ints(2, 2), storage_order: int(1) }),

  ...geometries('AveragePool'),
  ...[0, 1].flatMap((count_include_pad) => [
    pool('AveragePool', [1, 2, 5, 6], [3, 3], {
      pads: ints(1, 0, 2, 1),
      count_include_pad: int(count_include_pad),
    }),
    pool('AveragePool', [1, 2, 8, 9], [3, 3], {
      pads: ints(1, 1, 1, 1),
      strides: ints(2, 2),
      ceil_mode: int(1),
      count_include_pad: int(count_include_pad),
    }),
  ]),
  pool('AveragePool', [1, 2, 9, 9], [3, 2], { dilations: ints(2, 3), pads: ints(1, 0, 1, 1) }, 19),
  pool('AveragePool', [1, 2, 6, 7], [3, 2], {
    auto_pad: string('SAME_UPPER'),
    strides: ints(2, 2),
    count_include_pad: int(1),
  }),

  { op: 'GlobalAveragePool', kind: 'linear', inputs: [[2, 3, 4, 5]] },
  { op: 'GlobalAveragePool', kind: 'linear', inputs: [[2, 3, 4, 5, 2]], opset: 9 },
  { op: 'GlobalAveragePool', kind: 'linear', inputs: [[2, 16, 4, 5]] },
  { op: 'GlobalAveragePool', kind: 'linear', inputs: [[2, 16, 4, 5]], opset: 10 },
  { op: 'GlobalAveragePool', kind: 'linear', inputs: [[2, 16, 4, 5]], opset: 11 },
  { op: 'GlobalAveragePool', kind: 'linear', inputs: [[2, 16, 4, 5]], opset: 12 },
  { op: 'GlobalMaxPool', kind: 'piecewise', inputs: [[2, 3, 4, 5]] },
  { op: 'GlobalMaxPool', kind: 'piecewise', inputs: [[2, 3, 7]], opset: 9 },
];

export const normalisations: readonly Case[] = [
  { op: 'LRN', kind: 'smooth32', inputs: [[2, 6, 2, 3]], attributes: { size: int(3), alpha: float(0.5) } },
  {
    op: 'LRN',
    kind: 'smooth32',
    inputs: [[1, 7, 2, 2]],
    attributes: { size: int(5), alpha: float(0.9), beta: float(0.6), bias: float(1.5) },
  },
  ...[{}, { axis: int(1), epsilon: float(0.1) }].flatMap((attributes): Case[] =>
    [17, 18].map((opset) => ({
      op: 'LayerNormalization',
      kind: 'smooth',
      inputs: [[2, 3, 4], 'axis' in attributes ? [3, 4] : [4], [4]],
      attributes,
      opset,
    })),
  ),
  ...[9, 15].flatMap((opset): Case[] =>
    [
      [2, 3, 4, 2],
      [4, 3],
    ].map((x) => ({
      op: 'BatchNormalization',
      kind: 'smooth',
      inputs: [x, [3], [3], [3], { dims: [3], values: [0.5, 1, 2] }],
      attributes: { epsilon: float(0.01) },
      wrt: [0, 1, 2],
      opset,
    })),
  ),
];

const image = [1, 2, 4, 5];
const resize = (scales: number[], attributes: Case['attributes'], opset = 13): Case => ({
  op: 'Resize',
  kind: 'linear',
  inputs: [image, '', float32(1, 1, ...scales)],
  attributes: attributes ?? {},
  opset,
});

export const resizes: readonly Case[] = [
  resize([2, 2], { mode: string('nearest'), coordinate_transformation_mode: string('asymmetric') }),
  resize([2, 1.5], { mode: string('nearest') }),
  resize([2, 3], { mode: string('linear') }),
  resize([0.5, 1.7], { mode: string('linear') }),
  resize([2, 3], { mode: string('linear'), coordinate_transformation_mode: string('align_corners') }),
  resize([2, 1.7], { mode: string('cubic'), coordinate_transformation_mode: string('pytorch_half_pixel') }),
  {
    ...resize([], { mode: string('linear') }, 11),
    inputs: [image, float32(), float32(), { dims: [4], values: [1, 2, 7, 9], dtype: 7 }],
  },
  {
    ...resize([], { mode: string('linear'), axes: ints(2, 3) }, 18),
    inputs: [image, '', '', { dims: [2], values: [7, 9], dtype: 7 }],
  },
  { ...resize([], { mode: string('linear') }, 10), inputs: [image, float32(1, 1, 2, 2)] },
  { ...resize([], { mode: string('nearest') }, 9), op: 'Upsample', inputs: [image, float32(1, 1, 2, 3)] },
  { ...resize([], { mode: string('linear') }, 9), op: 'Upsample', inputs: [image, float32(1, 1, 2, 2)] },
];
