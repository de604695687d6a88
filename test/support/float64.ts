/**
 * A model's gradient graph run in float64. There no unit lies so close to its kink that rounding decides on which side,
 * as it does in float32 for a few of a network's millions: what is left of a difference from autograd is a wrong rule.
 *
 * The runtime has no float64 kernel for some operators. The nodes of these, and only these, are written as others just
 * before the graph is run, so that the rules see the model as it is.
 */
import { readFile } from 'node:fs/promises';
import { create } from '@bufbuild/protobuf';
import { type GraphProto, type NodeProto, type TensorProto, TensorProtoSchema } from 'onnx-buf';
import { appendGradient } from '../../src/core/gradients/driver';
import { spread } from '../../src/core/gradients/scatter';
import { untypedInfo } from '../../src/core/onnx/compose';
import { createEmitter, type Emitter } from '../../src/core/onnx/emit';
import { type Facts, SMALL, valueInfo } from '../../src/core/onnx/facts';
import { floatAttribute, intAttribute, intsAttribute, type Model, stringAttribute } from '../../src/core/onnx/model';
import { pad, reduce, reshape, slice, transpose } from '../../src/core/onnx/ops';
import { changed } from '../../src/core/onnx/rewrite/rename';
import { DataType, dimsOf, makeTensor, sizeOf, valuesOf } from '../../src/core/onnx/tensors';
import { encodeModel } from '../../src/core/onnx/weights';
import { type ModelFile, readModelFile } from '../../src/engine/model/model-file';
import { traceFacts } from '../../src/engine/model/trace';
import { createSession } from '../../src/engine/runtime/runtime';
import { readNpy } from '../../src/files/npy';
import { relativeErrors } from './runtime';

/**
 * d logit / d image of a model whose weights are float64.
 *
 * @param dims of the image
 * @param target the class
 */
async function gradientInDouble(
  file: ModelFile,
  dims: readonly number[],
  image: Float64Array,
  target: number,
): Promise<Float64Array> {
  const { model } = file;
  const { graph, opset } = model;
  const [source, score] = [graph.input[0]!.name, graph.output[0]!.name];
  const forward = await factsInDouble(file, model, source, dims);
  const emit = createEmitter('grad', opset, forward.keys());
  const request = { nodes: graph.node, facts: forward, seeds: new Map([[score, 'seed']]), wrt: [source] };
  const gradient = appendGradient(emit, request).get(source)!;
  const scores = forward.get(score)!.dims;
  const seed = makeTensor('seed', DataType.DOUBLE, scores, [
    ...new Float64Array(sizeOf(scores)).fill(1, target, target + 1),
  ]);
  const whole = {
    ...graph,
    node: [...graph.node, ...emit.nodes],
    initializer: [...graph.initializer, ...emit.initializers, seed],
    output: [untypedInfo(gradient)],
    valueInfo: [],
  };

  const facts = await factsInDouble(file, { ...model, graph: whole }, source, dims);
  const encoded = encodeModel(model, {
    ...withKernels(whole, facts, opset),
    input: [valueInfo(source, DataType.DOUBLE, dims)],
  });
  const options = { device: 'cpu', optimize: 'none', prepack: false } as const;
  const session = await createSession(file.path, encoded, await file.buffers(encoded), options);
  try {
    const results = await session.run({ [source]: { type: 'float64', data: image, dims } }, [gradient]);
    return results[gradient]!.data as Float64Array;
  } finally {
    await session.release();
  }
}

/**
 * The error relative to the largest magnitude, of the first input of a model that scripts/zoo/export.py wrote.
 *
 * @param path without `.double.onnx`
 */
export async function errorInDouble(path: string, target: number): Promise<number> {
  const { shape, data } = await readNpy(`${path}.0.input.npy`);
  const file = await readModelFile(`${path}.double.onnx`);
  const gradient = await gradientInDouble(file, shape, Float64Array.from(data), target);
  file.release();
  const expected = new Float64Array(Uint8Array.from(await readFile(`${path}.gradient.f64`)).buffer);
  return relativeErrors(gradient, expected).largest;
}

/** The graph with others in place of the operators that the runtime has no float64 kernel for. */
export function withKernels(graph: GraphProto, facts: Facts, opset: number): GraphProto {
  const lowered = createEmitter('double', opset, facts.keys());
  for (const node of graph.node) {
    const lower = LOWERED[node.opType];
    if (!lower) lowered.nodes.push(node);
    else lowered.alias(lower({ emit: lowered, node, facts }), node.output[0]!);
  }
  return { ...graph, node: lowered.nodes, initializer: [...graph.initializer, ...lowered.initializers] };
}

/** Told by the model in float32, which the runtime has all kernels for. */
export async function factsInDouble(
  file: ModelFile,
  model: Model,
  name: string,
  dims: readonly number[],
): Promise<Facts> {
  const facts = await traceFacts({ ...file, model: inSingle(model) }, { name, dtype: DataType.FLOAT, dims });
  const dtypeOf = (dtype: DataType) => (dtype === DataType.FLOAT ? DataType.DOUBLE : dtype);
  return new Map([...facts].map(([tensor, fact]) => [tensor, { ...fact, dtype: dtypeOf(fact.dtype) }]));
}

function inSingle(model: Model): Model {
  const initializer = model.graph.initializer.map(single);
  const node = model.graph.node.map((each) => changed(each, { attribute: each.attribute.map((a) => changed(a, {})) }));
  for (const { attribute } of node) {
    for (const each of attribute) {
      if (each.name === 'to' && each.i === BigInt(DataType.DOUBLE)) each.i = BigInt(DataType.FLOAT);
      if (each.t) each.t = single(each.t);
    }
  }
  const output = model.graph.output.map(({ name }) => untypedInfo(name));
  const graph = { ...model.graph, node, initializer, output, valueInfo: [] };
  return { ...model, graph, initializers: new Map(initializer.map((tensor) => [tensor.name, tensor])) };
}

/** Large weights without their values, which decide no shape. */
function single(tensor: TensorProto): TensorProto {
  if (tensor.dataType !== DataType.DOUBLE) return tensor;
  const { name, dims } = tensor;
  if (sizeOf(dimsOf(tensor)) > SMALL) return create(TensorProtoSchema, { name, dims, dataType: DataType.FLOAT });
  return makeTensor(name, DataType.FLOAT, dimsOf(tensor), valuesOf(tensor)!);
}

interface Lowering {
  readonly emit: Emitter;
  readonly node: NodeProto;
  readonly facts: Facts;
}

const LOWERED: Readonly<Record<string, (lowering: Lowering) => string>> = {
  Conv: (l) => {
    const [x, w, bias] = l.node.input as [string, string, string?];
    const [outputs, inputs, ...kernel] = dimsAt(l, w) as [number, number, number, number];
    const groups = intAttribute(l.node, 'group', 1);
    const sum = slide(l.emit, pad(l.emit, x, padsOf(l)), {
      dims: padded(dimsAt(l, x), padsOf(l)),
      weights: arranged(l.emit, w, [groups, outputs / groups, inputs, ...kernel], [3, 0, 1, 2]),
      groups,
      outputs,
      kernel,
      strides: intsAttribute(l.node, 'strides') ?? [1, 1],
      dilations: intsAttribute(l.node, 'dilations') ?? [1, 1],
    });
    return bias ? l.emit.op('Add', [sum, reshape(l.emit, bias, [outputs, 1, 1])]) : sum;
  },

  /** The convolution of x with zeros between and around its elements, and weights back to front. */
  ConvTranspose: (l) => {
    const [x, w] = l.node.input as [string, string];
    const [inputs, outputs, ...kernel] = dimsAt(l, w) as [number, number, number, number];
    const groups = intAttribute(l.node, 'group', 1);
    const strides = intsAttribute(l.node, 'strides') ?? [1, 1];
    const dilations = intsAttribute(l.node, 'dilations') ?? [1, 1];
    const behind = intsAttribute(l.node, 'output_padding') ?? [0, 0];
    const pads = padsOf(l);
    const around = [2, 3, 6, 7].map((at, i) => {
      const axis = i % 2;
      const reach = (kernel[axis]! - 1) * dilations[axis]! - pads[at]!;
      return i < 2 ? reach : reach + behind[axis]! - (strides[axis]! - 1);
    }) as [number, number, number, number];
    const zeros = [0, 0, around[0], around[1], 0, 0, around[2], around[3]];
    const apart = spread(l.emit, x, dimsAt(l, x), [1, 1, ...strides]);
    const large = dimsAt(l, x).map((dim, axis) => (axis < 2 ? dim : dim * strides[axis - 2]!));
    const weights = arranged(l.emit, w, [groups, inputs / groups, outputs, ...kernel], [3, 0, 2, 1]);
    const places = sizeOf(kernel);
    const backwards = l.emit.ints(Array.from({ length: places }, (_, i) => places - 1 - i));
    return slide(l.emit, pad(l.emit, apart, zeros), {
      dims: padded(large, zeros),
      weights: l.emit.op('Gather', [weights, backwards]),
      groups,
      outputs: outputs * groups,
      kernel,
      strides: [1, 1],
      dilations,
    });
  },

  AveragePool: (l) => {
    const x = l.node.input[0]!;
    if (padsOf(l).some((count) => count !== 0)) throw new Error('an AveragePool with padding');
    const kernel = intsAttribute(l.node, 'kernel_shape')!;
    const geometry = {
      dims: dimsAt(l, x),
      kernel,
      strides: intsAttribute(l.node, 'strides') ?? [1, 1],
      dilations: [1, 1],
    };
    const views = Array.from({ length: sizeOf(kernel) }, (_, place) => view(l.emit, x, geometry, place));
    return l.emit.op('Div', [l.emit.op('Sum', views), double(l.emit, views.length)]);
  },

  GlobalAveragePool: ({ emit, node }) => reduce(emit, 'ReduceMean', node.input[0]!, [2, 3]),

  HardSigmoid: ({ emit, node }) =>
    hardSigmoid(emit, node.input[0]!, floatAttribute(node, 'alpha', 0.2), floatAttribute(node, 'beta', 0.5)),

  HardSwish: ({ emit, node }) => emit.op('Mul', [node.input[0]!, hardSigmoid(emit, node.input[0]!, 1 / 6, 0.5)]),

  /** 2 / sqrt(pi) exp(-x^2) x (1 + 2 x^2 / 3 (1 + 2 x^2 / 5 (1 + ...))); beyond 6 it is 1 to the last digit. */
  Erf: ({ emit, node }) => {
    const x = emit.op('Clip', [node.input[0]!, double(emit, -6), double(emit, 6)]);
    const square = emit.op('Mul', [x, x]);
    let series = double(emit, 1);
    for (let n = 120; n > 0; n--) {
      const next = emit.op('Mul', [emit.op('Mul', [square, double(emit, 2 / (2 * n + 1))]), series]);
      series = emit.op('Add', [next, double(emit, 1)]);
    }
    const bell = emit.op('Mul', [emit.op('Exp', [emit.op('Neg', [square])]), double(emit, 2 / Math.sqrt(Math.PI))]);
    return emit.op('Mul', [emit.op('Mul', [bell, x]), series]);
  },
};

const double = (emit: Emitter, value: number) => emit.scalar(value, DataType.DOUBLE);

function hardSigmoid(emit: Emitter, x: string, alpha: number, beta: number): string {
  const line = emit.op('Add', [emit.op('Mul', [x, double(emit, alpha)]), double(emit, beta)]);
  return emit.op('Clip', [line, double(emit, 0), double(emit, 1)]);
}

const dimsAt = ({ facts }: Lowering, tensor: string) => facts.get(tensor)!.dims;

/** Of all four axes, as `Pad` has them. */
function padsOf({ node }: Lowering): number[] {
  if (stringAttribute(node, 'auto_pad', 'NOTSET') !== 'NOTSET') throw new Error(`${node.opType} with auto_pad`);
  const [top, left, bottom, right] = (intsAttribute(node, 'pads') ?? [0, 0, 0, 0]) as [number, number, number, number];
  return [0, 0, top, left, 0, 0, bottom, right];
}

const padded = (dims: readonly number[], pads: readonly number[]) =>
  dims.map((dim, axis) => dim + pads[axis]! + pads[axis + 4]!);

/** Weights by place of the kernel first: [places, groups, outputs / groups, inputs / groups]. */
function arranged(
  emit: Emitter,
  weights: string,
  [g, a, b, kh, kw]: readonly number[],
  perm: readonly number[],
): string {
  return transpose(emit, reshape(emit, weights, [g!, a!, b!, kh! * kw!]), perm);
}

interface Geometry {
  /** Of x with its padding, [N, C, H, W]. */
  readonly dims: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

interface Slide extends Geometry {
  readonly weights: string;
  readonly groups: number;
  readonly outputs: number;
}

/** A convolution as a sum over the places of its kernel, each a product of matrices. */
function slide(emit: Emitter, x: string, slid: Slide): string {
  const { dims, weights, groups, outputs, kernel } = slid;
  const [n, channels] = dims as [number, number, number, number];
  const [height, width] = viewSize(slid) as [number, number];
  const terms = Array.from({ length: sizeOf(kernel) }, (_, place) => {
    const seen = reshape(emit, view(emit, x, slid, place), [n, groups, channels / groups, height * width]);
    const weight = emit.op('Gather', [weights, emit.constant(DataType.INT64, [], [place])]);
    return emit.op('MatMul', [weight, seen]);
  });
  const sum = terms.reduce((a, b) => emit.op('Add', [a, b]));
  return reshape(emit, sum, [n, outputs, height, width]);
}

const viewSize = ({ dims, kernel, strides, dilations }: Geometry) =>
  kernel.map((k, axis) => Math.floor((dims[axis + 2]! - (k - 1) * dilations[axis]! - 1) / strides[axis]!) + 1);

/** What one place of the kernel sees of x. */
function view(emit: Emitter, x: string, geometry: Geometry, place: number): string {
  const { kernel, strides, dilations } = geometry;
  const starts = [Math.floor(place / kernel[1]!) * dilations[0]!, (place % kernel[1]!) * dilations[1]!];
  const ends = viewSize(geometry).map((size, axis) => starts[axis]! + (size - 1) * strides[axis]! + 1);
  return slice(emit, x, starts, ends, [2, 3], strides);
}
