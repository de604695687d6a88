/** The values of what a plan leaves open. */
import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema } from 'onnx-buf';
import { DataType, makeTensor, type TensorProto } from '../onnx/tensors';
import type { EncodedModel } from '../onnx/weights';
import { type Grid, gridOf, integerBias, leastScale, type OpenGrid, type Ranges } from './grids';
import type { Plan } from './plan';

/**
 * Scales, zero points and biases as constants. They could be inputs, so that every image has its own. But the runtime's fast
 * kernels of depthwise convolutions need them when the session is made: MobileNet v2 took twice as long (docs/bench.md).
 *
 * @param ranges of the tensors of the grids
 */
export function gridTensors({ grids, biases }: Pick<Plan, 'grids' | 'biases'>, ranges: Ranges): TensorProto[] {
  const least = new Map<OpenGrid, number>();
  for (const bias of biases) least.set(bias.input, Math.max(least.get(bias.input) ?? 0, leastScale(bias)));
  const over = (open: OpenGrid): Grid => {
    const [low, high] = ranges.get(open.tensor)!;
    return gridOf([Math.max(low, open.bounds[0]), Math.min(high, open.bounds[1])], least.get(open));
  };
  const activations = grids.flatMap((open) => {
    const { scale, zero } = over(open);
    return [makeTensor(open.scale, DataType.FLOAT, [], [scale]), makeTensor(open.zero, DataType.UINT8, [], [zero])];
  });
  const sums = biases.map(({ name, values, input, scales }) =>
    makeTensor(name, DataType.INT32, [scales.length], [...integerBias(values, over(input), scales)]),
  );
  return [...activations, ...sums];
}

/** An encoded graph with more constants. Nothing is decoded: messages of protobuf that follow each other are one. */
export function withConstants(encoded: EncodedModel, constants: readonly TensorProto[]): EncodedModel {
  const graph = create(GraphProtoSchema, { initializer: [...constants] });
  const added = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph }));
  const bytes = new Uint8Array(encoded.bytes.length + added.length);
  bytes.set(encoded.bytes);
  bytes.set(added, encoded.bytes.length);
  return { ...encoded, bytes };
}
