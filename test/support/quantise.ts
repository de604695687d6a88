/** Makes 8-bit forms of a network of convolutions and one linear layer, as quantisation tools write them. */
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type NodeProto, ValueInfoProtoSchema } from 'onnx-buf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Attributes, makeNode } from '../../src/core/onnx/emit';
import { intAttribute, type Model, parseModel } from '../../src/core/onnx/model';
import { operatorOf } from '../../src/core/onnx/operators';
import { DataType, dimsOf, makeTensor, type TensorProto, valuesOf } from '../../src/core/onnx/tensors';

export const QUANTISED = ['dynamic', 'qdq'] as const;
export type QuantisedForm = (typeof QUANTISED)[number];

export type Ranges = ReadonlyMap<string, readonly [low: number, high: number]>;

const isProduct = (node: NodeProto) => ['Conv', 'Gemm'].includes(operatorOf(node));

const bytesOf = (model: Model, changes: Partial<Model['graph']>): Uint8Array<ArrayBuffer> =>
  toBinary(ModelProtoSchema, { ...model.proto, graph: { ...model.graph, ...changes } });

/** The ranges of what products read and make, over some inputs. */
export async function rangesOf(
  bytes: Uint8Array,
  inputs: readonly Float32Array[],
  dims: readonly number[],
): Promise<Ranges> {
  const model = parseModel(bytes, 'float.onnx');
  const names = [
    ...new Set(model.graph.node.filter(isProduct).flatMap(({ input, output }) => [input[0]!, output[0]!])),
  ];
  const inner = names.filter(
    (name) => name !== model.graph.input[0]!.name && !model.graph.output.some((o) => o.name === name),
  );
  const output = [...model.graph.output, ...inner.map((name) => create(ValueInfoProtoSchema, { name }))];
  const session = await InferenceSession.create(bytesOf(model, { output }));
  const ranges = new Map<string, readonly [number, number]>();
  const widen = (name: string, values: Float32Array) => {
    const [low, high] = ranges.get(name) ?? [0, 0];
    ranges.set(
      name,
      values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [low, high] as [number, number]),
    );
  };
  for (const input of inputs) {
    const results = await session.run({ [session.inputNames[0]!]: new Tensor('float32', input, dims) });
    widen(session.inputNames[0]!, input);
    for (const [name, { data }] of Object.entries(results)) widen(name, data as Float32Array);
  }
  await session.release();
  return ranges;
}

/** Weights [M, ...] as int8, with a scale for each of M. */
function weightsOf(tensor: TensorProto) {
  const values = valuesOf(tensor)!;
  const dims = dimsOf(tensor);
  const size = values.length / dims[0]!;
  const scales = Array.from({ length: dims[0]! }, (_, m) => {
    let most = 1e-9;
    for (let i = m * size; i < (m + 1) * size; i++) most = Math.max(most, Math.abs(values[i]!));
    return most / 127;
  });
  return {
    dims,
    size,
    scales,
    integers: Int8Array.from(values, (value, i) => Math.round(value / scales[Math.floor(i / size)]!)),
  };
}

export function quantise(bytes: Uint8Array, form: QuantisedForm, ranges: Ranges): Uint8Array<ArrayBuffer> {
  const model = parseModel(bytes, 'float.onnx');
  const added: TensorProto[] = [];
  const replaced = new Set<string>();
  const constant = (name: string, type: DataType, dims: readonly number[], values: readonly number[]) => {
    if (!added.some((tensor) => tensor.name === name)) added.push(makeTensor(name, type, dims, values));
    return name;
  };
  const integers = (name: string, dims: readonly number[], data: Int8Array<ArrayBuffer>) => {
    const tensor = makeTensor(name, DataType.INT8, dims, []);
    tensor.rawData = new Uint8Array(data.buffer);
    added.push(tensor);
    return name;
  };
  /** Scale and zero point of uint8. */
  const grid = (tensor: string) => {
    const [low, high] = ranges.get(tensor)!;
    const scale = Math.max(high - low, 1e-6) / 255;
    return [
      constant(`${tensor}/scale`, DataType.FLOAT, [], [scale]),
      constant(`${tensor}/zero`, DataType.UINT8, [], [Math.round(-low / scale)]),
    ];
  };
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
    const scale = constant(`${w}/scale`, DataType.FLOAT, [scales.length], scales);
    const zeros = constant(
      `${w}/zero`,
      DataType.INT8,
      [scales.length],
      scales.map(() => 0),
    );
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
      const quantised = op('QuantizeLinear', [x, s!, z!], `${y}/xq`);
      const real = op('DequantizeLinear', [quantised, s!, z!], `${y}/xr`);
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
  const initializer = [...model.graph.initializer.filter(({ name }) => !replaced.has(name)), ...added];
  return bytesOf(model, { node, initializer });
}
