/** The network of naive.ts as ONNX models of many forms. */
import type { Attributes } from '../../src/core/onnx/emit';
import { DataType, makeTensor } from '../../src/core/onnx/tensors';
import { npyBytes } from '../../src/files/npy';
import type { NaiveImage, NaiveNetwork } from './naive';
import { type TinyNode, tinyModel } from './tiny-model';

/** The same numbers everywhere, within [-1, 1]. */
export function noise(length: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 48271) % 0x7fffffff;
    return (state / 0x7fffffff) * 2 - 1;
  });
}

const DEPTH = 3;

/** Seven channels, so that most numbers of groups do not divide them; three classes. */
export const NETWORK: NaiveNetwork = {
  conv: noise(7 * DEPTH * 9, 7),
  linear: noise(7 * 3, 11).map((value) => value * 3),
  channels: 7,
  classes: 3,
  activation: 'softmax',
};

/** Not square, and as small as no real input. */
export const IMAGE: NaiveImage = { data: noise(DEPTH * 12 * 16, 5), depth: DEPTH, height: 12, width: 16 };

export interface Form {
  readonly opset?: number;
  readonly layout?: 'NCHW' | 'NHWC';
  /** The size of the batch axis, or a name of it. */
  readonly batch?: number | string;
  /** The operators after the logits, in order. */
  readonly ending?: readonly string[];
  /** In place of Flatten: a Reshape to [1, channels], which holds for one image only. */
  readonly fixedInside?: boolean;
  readonly type?: DataType;
  readonly network?: NaiveNetwork;
  /** An operator between the layer and the logits that has no gradient rule; it changes nothing. */
  readonly odd?: boolean;
  /** A path around the layer that adds nothing, from here, so that the layer is no cut of the graph. */
  readonly around?: 'image' | 'map';
  readonly image?: NaiveImage;
  /** The input takes pixels of this type from 0 to 255; the graph makes x / 127.5 - 1 of them. */
  readonly pixels?: DataType;
  /** Rows and columns of the input have names, no sizes. */
  readonly freeSize?: boolean;
  /** An input besides the image, which the graph's Dropout reads. */
  readonly training?: boolean;
  /** A second output, which has no scores. */
  readonly map?: boolean;
}

/** The layer to explain. */
export const LAYER = 'layer';

/** Sequences of length 1 along the batch are reversed. */
const ONE_BY_ONE: Attributes = { time_axis: { int: 0 }, batch_axis: { int: 1 } };

export function networkModel(form: Form = {}): Uint8Array {
  const { opset = 17, layout = 'NCHW', batch = 'N', ending = [], network = NETWORK, type = DataType.FLOAT } = form;
  const { depth, height, width } = form.image ?? IMAGE;
  const perm: Attributes = { perm: { ints: [0, 3, 1, 2] } };
  const scaling: TinyNode[] = [
    ['Cast', 'image', 'numbers', { to: { int: type } }],
    ['Div', 'numbers half', 'scaled'],
    ['Sub', 'scaled one', 'centred'],
  ];
  const turning = (from: string): TinyNode => ['Transpose', from, 'planes', perm];
  const inside = form.pixels ? scaling : [];
  const front: TinyNode[] = layout === 'NHWC' ? [...inside, turning(inside.at(-1)?.[2] ?? 'image')] : inside;
  const conv: Attributes = { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } };
  const tail = ending.map((operator, i): TinyNode => {
    const attributes: Attributes = operator.endsWith('Softmax') ? { axis: { int: 1 } } : {};
    return [operator, i === 0 ? 'logits' : `end${i - 1}`, `end${i}`, attributes];
  });
  const between: TinyNode[] = [
    ...(form.odd ? [['ReverseSequence', `${LAYER} ones`, 'unreversed', ONE_BY_ONE] as const] : []),
    ...(form.around === 'image' ? [['Conv', 'image conv', 'other', conv] as const] : []),
    ...(form.around
      ? ([
          ['Mul', `${form.around === 'image' ? 'other' : 'map'} nothing`, 'zero'],
          ['Add', `zero ${LAYER}`, 'sum'],
        ] as const)
      : []),
  ];
  if (form.training) between.push(['Dropout', `${between.at(-1)?.[2] ?? LAYER} ratio training`, 'dropped']);
  const size = form.freeSize ? ['height', 'width'] : [height, width];
  const flat: TinyNode = form.fixedInside ? ['Reshape', 'pooled row', 'flat'] : ['Flatten', 'pooled', 'flat'];
  return tinyModel({
    opset,
    inputType: form.pixels ?? type,
    types: { training: DataType.BOOL },
    inputs: {
      image: layout === 'NHWC' ? [batch, ...size, depth] : [batch, depth, ...size],
      ...(form.training && { training: [] }),
    },
    nodes: [
      ...front,
      ['Conv', `${front.at(-1)?.[2] ?? 'image'} conv`, 'map', conv],
      ['Relu', 'map', LAYER],
      ...between,
      ['GlobalAveragePool', between.at(-1)?.[2] ?? LAYER, 'pooled'],
      flat,
      ['MatMul', 'flat linear', 'logits'],
      ...tail,
    ],
    initializers: [
      makeTensor('conv', type, [network.channels, depth, 3, 3], network.conv),
      makeTensor('linear', type, [network.channels, network.classes], network.linear),
      makeTensor('ones', DataType.INT64, [network.channels], new Array(network.channels).fill(1)),
      makeTensor('nothing', type, [1], [0]),
      makeTensor('half', type, [], [127.5]),
      makeTensor('one', type, [], [1]),
      makeTensor('ratio', DataType.FLOAT, [], [0.5]),
      makeTensor('row', DataType.INT64, [2], [1, network.channels]),
    ],
    outputs: [...(form.map ? [LAYER] : []), ending.length ? `end${ending.length - 1}` : 'logits'],
  });
}

/** An image as a stored tensor of the given layout. */
export function tensorFile({ data, depth, height, width }: NaiveImage, layout: 'NCHW' | 'NHWC' = 'NCHW'): Uint8Array {
  if (layout === 'NCHW') return npyBytes({ shape: [1, depth, height, width], data: Float32Array.from(data) });
  const area = height * width;
  const last = data.map((_, i) => data[(i % depth) * area + Math.floor(i / depth)]!);
  return npyBytes({ shape: [1, height, width, depth], data: Float32Array.from(last) });
}
