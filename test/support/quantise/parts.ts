/** What the quantised forms of a network share: the integers of its weights, and the grids of its activations. */
import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, OperatorSetIdProtoSchema } from 'onnx-buf';
import type { Model } from '../../../src/core/onnx/model';
import { DataType, dimsOf, makeTensor, type TensorProto, valuesOf } from '../../../src/core/onnx/tensors';
import { gridOf, integerWeights, type Range, type Ranges } from '../../../src/core/quantise/grids';

export const bytesOf = (model: Model, changes: Partial<Model['graph']>): Uint8Array<ArrayBuffer> =>
  toBinary(ModelProtoSchema, { ...model.proto, graph: { ...model.graph, ...changes } });

/** The same with operators of com.microsoft. */
export const withMicrosoft = (model: Model): Model => ({
  ...model,
  proto: {
    ...model.proto,
    opsetImport: [
      ...model.proto.opsetImport,
      create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n }),
    ],
  },
});

/** Weights [M, ...] as int8, with a scale for each of M. */
export function weightsOf(tensor: TensorProto) {
  const values = valuesOf(tensor)!;
  const dims = dimsOf(tensor);
  return { dims, size: values.length / dims[0]!, ...integerWeights(values, dims[0]!) };
}

/** The initializers that a quantised form adds. */
export function addedConstants(ranges: Ranges) {
  const tensors = new Map<string, TensorProto>();
  const constant = (name: string, type: DataType, dims: readonly number[], values: readonly number[]) => {
    if (!tensors.has(name)) tensors.set(name, makeTensor(name, type, dims, values));
    return name;
  };
  const gridFor = (name: string, range: Range): readonly [scale: string, zero: string] => {
    const { scale, zero } = gridOf(range);
    return [
      constant(`${name}/scale`, DataType.FLOAT, [], [scale]),
      constant(`${name}/zero`, DataType.UINT8, [], [zero]),
    ];
  };
  return {
    tensors,
    constant,
    integers: (name: string, dims: readonly number[], data: Int8Array<ArrayBuffer>) => {
      const tensor = makeTensor(name, DataType.INT8, dims, []);
      tensor.rawData = new Uint8Array(data.buffer);
      tensors.set(name, tensor);
      return name;
    },
    /** Scale and zero point of uint8 for a range that includes 0, such as the tensor's own. */
    grid: (tensor: string, range = ranges.get(tensor)!) => gridFor(tensor, range),
    /** Scales and zero points of weights. */
    gridsOf: (weights: string, scales: readonly number[]): readonly [scales: string, zeros: string] => [
      constant(`${weights}/scale`, DataType.FLOAT, [scales.length], scales),
      constant(
        `${weights}/zero`,
        DataType.INT8,
        [scales.length],
        scales.map(() => 0),
      ),
    ],
  };
}
