/** The attributes that copied nodes get: those that a runtime needs, and few others, since each takes room in the file. */
import type { AttributeProto, NodeProto } from 'onnx-buf';
import { makeAttribute } from '../onnx/emit';
import { attributeOf, intsAttribute } from '../onnx/model';
import { operatorOf } from '../onnx/operators';

type Attributes = Readonly<Record<string, (of: AttributeProto) => boolean>>;

/** Strides, pads and dilations stay; see `WINDOWED`. */
const CONVOLUTION: Attributes = {
  group: ({ i }) => i === 1n,
  // It is that of the weights.
  kernel_shape: () => true,
};
const POOL: Attributes = {
  strides: ({ ints }) => ints.every((stride) => stride === 1n),
  pads: ({ ints }) => ints.every((padding) => padding === 0n),
  ceil_mode: ({ i }) => i === 0n,
};

/** What an absent attribute means, by operator. */
const DEFAULTS: Readonly<Record<string, Attributes>> = {
  Conv: CONVOLUTION,
  ConvTranspose: { ...CONVOLUTION, output_padding: ({ ints }) => ints.every((padding) => padding === 0n) },
  MaxPool: POOL,
  AveragePool: POOL,
  Pad: { mode: ({ s }) => new TextDecoder().decode(s) === 'constant' },
  Gemm: {
    alpha: ({ f }) => f === 1,
    beta: ({ f }) => f === 1,
    transA: ({ i }) => i === 0n,
    transB: ({ i }) => i === 0n,
  },
  Flatten: { axis: ({ i }) => i === 1n },
  ReduceMean: { keepdims: ({ i }) => i === 1n },
};

/** Operators for which onnxruntime-web's WebGPU wants to be told the strides, pads and dilations that ONNX has defaults for. */
const WINDOWED: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose']);

/** Without what exporters write out although an absent attribute means the same. */
export function neededOf(node: NodeProto): AttributeProto[] {
  const isDefault = DEFAULTS[operatorOf(node)];
  return [...node.attribute.filter((of) => !isDefault?.[of.name]?.(of)), ...windowOf(node)];
}

function windowOf(node: NodeProto): AttributeProto[] {
  const axes = WINDOWED.has(operatorOf(node)) ? intsAttribute(node, 'kernel_shape')?.map(() => 1) : undefined;
  if (!axes) return [];
  const window = { strides: axes, dilations: axes, pads: [...axes, ...axes].map(() => 0) };
  const absent = Object.entries(window).filter(([name]) => !attributeOf(node, name));
  // Pads that are computed are not named.
  const isNamed = ([name]: readonly [string, unknown]) => name !== 'pads' || !attributeOf(node, 'auto_pad');
  return absent.filter(isNamed).map(([name, ints]) => makeAttribute(name, { ints }));
}
