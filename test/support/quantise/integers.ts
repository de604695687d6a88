/**
 * The operator-oriented form, in which integers pass from operator to operator: QLinearConv, QGemm, QLinearAdd and
 * QLinearGlobalAveragePool, each with the grid of its output. A Clip or Relu behind a convolution is no operator there:
 * the ends of the output's grid are its bounds.
 */
import type { NodeProto } from 'onnx-buf';
import { type Attributes, makeNode } from '../../../src/core/onnx/emit';
import { indexGraph } from '../../../src/core/onnx/graph';
import type { Model } from '../../../src/core/onnx/model';
import { operatorOf } from '../../../src/core/onnx/operators';
import { DataType, valuesOf } from '../../../src/core/onnx/tensors';
import { integerBias, type Ranges } from '../../../src/core/quantise/grids';
import { addedConstants, bytesOf, weightsOf, withMicrosoft } from './parts';

export function onIntegers(model: Model, ranges: Ranges): Uint8Array<ArrayBuffer> {
  // The ends of the graph stay real numbers; their integers have names of their own.
  const ends = [...model.graph.input, ...model.graph.output].map(({ name }) => name);
  const [image, result] = ends as [string, string];
  const integersOf = (tensor: string) => `${tensor}/q`;
  /** A score at the end of its range has no gradient, and other images have greater ones. */
  const roomier = (name: string): readonly [number, number] => {
    const [low, high] = ranges.get(name)!;
    return [1.25 * low, 1.25 * high];
  };
  const { constant, grid, gridsOf, integers, tensors } = addedConstants(
    new Map([
      ...ranges,
      ...ends.map((name) => [integersOf(name), name === result ? roomier(name) : ranges.get(name)!] as const),
    ]),
  );
  const { consumers } = indexGraph(model.graph.node);
  const stored = (name: string) => valuesOf(model.initializers.get(name)!)!;
  const nodes: NodeProto[] = [];
  const op = (type: string, inputs: readonly string[], output: string, attributes: Attributes = {}) => {
    const [name, domain = ''] = type.split(':').reverse() as [string, string?];
    nodes.push({ ...makeNode(name, output, inputs, [output], attributes), domain });
  };
  /** Of tensors that are integers now. */
  const grids = new Map<string, readonly [scale: string, zero: string]>();
  const operand = (tensor: string) => [tensor, ...grids.get(tensor)!];
  /** Names the integers as the real numbers were named. */
  const made = (tensor: string, range?: readonly [number, number]) => {
    grids.set(tensor, grid(tensor, range));
    return grids.get(tensor)!;
  };
  /** The bounds that come next, if nothing else reads the tensor. */
  const clipOf = (tensor: string) => {
    const [next, another] = consumers.get(tensor) ?? [];
    return next && !another && operatorOf(next) === 'Clip' ? next : undefined;
  };
  const product = (node: NodeProto) => {
    const [x, w] = node.input as [string, string];
    const isConv = operatorOf(node) === 'Conv';
    const from = operand(x);
    const [step] = valuesOf(tensors.get(from[1]!)!) as [number];
    const bias = stored(node.input[2]!);
    const weights = weightsOf(model.initializers.get(w)!);
    const factor = [integers(`${w}/int8`, weights.dims, weights.integers), ...gridsOf(w, weights.scales)];
    const steps = integerBias(bias, { scale: step, zero: 0 }, weights.scales);
    const sums = constant(`${node.input[2]!}/int32`, DataType.INT32, [steps.length], [...steps]);
    const clip = clipOf(node.output[0]!);
    const y = (clip ?? node).output[0]!;
    const to = made(y, clip && [stored(clip.input[1]!)[0]!, stored(clip.input[2]!)[0]!]);
    if (isConv) op('QLinearConv', [...from, ...factor, ...to, sums], y, node.attribute);
    else {
      const kept = node.attribute.filter(({ name }) => name !== 'beta');
      op('com.microsoft:QGemm', [...from, ...factor, sums, ...to], y, kept);
    }
  };
  const same = (node: NodeProto, more: readonly string[] = node.input.slice(1)) => {
    grids.set(node.output[0]!, grids.get(node.input[0]!)!);
    op(operatorOf(node), [node.input[0]!, ...more], node.output[0]!, node.attribute);
  };
  const FORMS: Readonly<Record<string, (node: NodeProto) => void>> = {
    Conv: product,
    Gemm: product,
    // Those that were not folded would need an operator of their own.
    Clip: ({ output }) => {
      if (!grids.has(output[0]!)) throw new Error(`${output[0]} has no convolution in front`);
    },
    Add: ({ input, output }) =>
      op('com.microsoft:QLinearAdd', [...operand(input[0]!), ...operand(input[1]!), ...made(output[0]!)], output[0]!),
    GlobalAveragePool: ({ input, output }) =>
      op('com.microsoft:QLinearGlobalAveragePool', [...operand(input[0]!), ...made(output[0]!)], output[0]!),
    Flatten: (node) => same(node),
    // The border is the integer of the number 0.
    Pad: (node) => same(node, [node.input[1]!, grids.get(node.input[0]!)![1]]),
  };
  op('QuantizeLinear', [image, ...made(integersOf(image))], integersOf(image));
  const renamed = (names: readonly string[]) => names.map((name) => (ends.includes(name) ? integersOf(name) : name));
  for (const node of model.graph.node) {
    const form = FORMS[operatorOf(node)];
    const inner = makeNode(node.opType, node.name, renamed(node.input), renamed(node.output), node.attribute);
    if (form) form(inner);
    else nodes.push(node);
  }
  op('DequantizeLinear', operand(integersOf(result)), result);
  const used = new Set(nodes.flatMap(({ input }) => input));
  const initializer = [...model.graph.initializer, ...tensors.values()].filter(({ name }) => used.has(name));
  return bytesOf(withMicrosoft(model), { node: nodes, initializer });
}
