/** Makes 8-bit forms of a network of convolutions and one linear layer, as quantisation tools write them. */
import { create } from '@bufbuild/protobuf';
import { type NodeProto, ValueInfoProtoSchema } from 'onnx-buf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Attributes, makeNode } from '../../../src/core/onnx/emit';
import { intAttribute, parseModel } from '../../../src/core/onnx/model';
import { operatorOf } from '../../../src/core/onnx/operators';
import { DataType, valuesOf } from '../../../src/core/onnx/tensors';
import type { Ranges } from '../../../src/core/quantise/grids';
import { onIntegers } from './integers';
import { addedConstants, bytesOf, weightsOf } from './parts';

export const QUANTISED = ['dynamic', 'qdq', 'qlinear'] as const;
export type QuantisedForm = (typeof QUANTISED)[number];

const isProduct = (node: NodeProto) => ['Conv', 'Gemm'].includes(operatorOf(node));

/** Operators that read or make what is quantised. */
const ranged = (node: NodeProto) => isProduct(node) || ['Add', 'GlobalAveragePool'].includes(operatorOf(node));

/** The ranges of what products, sums and averages read and make, over some inputs. */
export async function rangesOf(
  bytes: Uint8Array,
  inputs: readonly Float32Array[],
  dims: readonly number[],
): Promise<Ranges> {
  const model = parseModel(bytes, 'float.onnx');
  const names = [...new Set(model.graph.node.filter(ranged).flatMap(({ input, output }) => [input[0]!, output[0]!]))];
  const inner = names.filter(
    (name) => name !== model.graph.input[0]!.name && !model.graph.output.some((o) => o.name === name),
  );
  const output = [...model.graph.output, ...inner.map((name) => create(ValueInfoProtoSchema, { name }))];
  const session = await InferenceSession.create(bytesOf(model, { output }));
  const ranges = new Map<string, readonly [number, number]>();
  const widen = (name: string, values: Float32Array) => {
    let [low, high] = ranges.get(name) ?? [0, 0];
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    ranges.set(name, [low, high]);
  };
  for (const input of inputs) {
    const results = await session.run({ [session.inputNames[0]!]: new Tensor('float32', input, dims) });
    widen(session.inputNames[0]!, input);
    for (const [name, { data }] of Object.entries(results)) widen(name, data as Float32Array);
  }
  await session.release();
  return ranges;
}

export function quantise(bytes: Uint8Array, form: QuantisedForm, ranges: Ranges): Uint8Array<ArrayBuffer> {
  const model = parseModel(bytes, 'float.onnx');
  if (form === 'qlinear') return onIntegers(model, ranges);
  const { constant, grid, gridsOf, integers, tensors } = addedConstants(ranges);
  const replaced = new Set<string>();
  const node = model.graph.node.flatMap((each): NodeProto[] => {
    if (!isProduct(each)) return [each];
    const [x, w, bias] = each.input as [string, string, string?];
    const y = each.output[0]!;
    const nodes: NodeProto[] = [];
    const op = (
      type: string,
      inputs: readonly string[],
      output: string | readonly string[],
      attributes: Attributes = {},
    ) => {
      const outputs = [output].flat();
      nodes.push(makeNode(type, `${y}/${outputs[0]}`, inputs, outputs, attributes));
      return outputs[0]!;
    };
    const isConv = operatorOf(each) === 'Conv';
    const { dims, size, scales, integers: values } = weightsOf(model.initializers.get(w)!);
    if (!isConv && intAttribute(each, 'transB', 0) !== 1) throw new Error('weights [N, K] are wanted');
    replaced.add(w);
    const [scale, zeros] = gridsOf(w, scales);
    const geometry = isConv ? each.attribute : [];
    // A product of matrices reads the weights as [K, N].
    const turned = () => {
      const columns = new Int8Array(values.length);
      for (let m = 0; m < scales.length; m++)
        for (let k = 0; k < size; k++) columns[k * scales.length + m] = values[m * size + k]!;
      return integers(`${w}/int8`, [size, scales.length], columns);
    };
    const shaped = (name: string, list: readonly number[]) =>
      constant(name, DataType.FLOAT, isConv ? [1, list.length, 1, 1] : [list.length], list);
    const biased = (sum: string) =>
      bias
        ? op('Add', [sum, shaped(`${bias}/shaped`, valuesOf(model.initializers.get(bias)!)!)], y)
        : op('Identity', [sum], y);
    if (form === 'qdq') {
      const q = integers(`${w}/int8`, dims, values);
      const [s, z] = grid(x);
      const quantised = op('QuantizeLinear', [x, s, z], `${y}/xq`);
      const real = op('DequantizeLinear', [quantised, s, z], `${y}/xr`);
      const weights = op('DequantizeLinear', [q, scale, zeros], `${y}/wr`, { axis: { int: 0 } });
      op(isConv ? 'Conv' : 'Gemm', [real, weights, ...(bias ? [bias] : [])], y, each.attribute);
    } else {
      const q = isConv ? integers(`${w}/int8`, dims, values) : turned();
      op('DynamicQuantizeLinear', [x], [`${y}/xq`, `${y}/xs`, `${y}/xz`]);
      const sums = op(isConv ? 'ConvInteger' : 'MatMulInteger', [`${y}/xq`, q, `${y}/xz`], `${y}/sums`, geometry);
      const real = op('Cast', [sums], `${y}/cast`, { to: { int: DataType.FLOAT } });
      const both = op('Mul', [`${y}/xs`, shaped(`${w}/shaped`, scales)], `${y}/both`);
      biased(op('Mul', [real, both], `${y}/real`));
    }
    return nodes;
  });
  const initializer = [...model.graph.initializer.filter(({ name }) => !replaced.has(name)), ...tensors.values()];
  return bytesOf(model, { node, initializer });
}
