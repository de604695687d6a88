/**
 * Facts about every tensor for one size of the input: type, dimensions and, for sizes and indices, values. They come
 * from the runtime: a tracing model has all tensors as outputs and runs once. Its weights are zeros, since shapes do
 * not depend on them, so no weight is read. This works for every operator that the runtime knows.
 */
import { create } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type NodeProto,
  type TensorProto,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { makeNode } from './emit';
import { indexGraph, tensorsDependingOn } from './graph';
import type { Model } from './model';
import { operatorOf } from './operators';
import { DataType, dimsOf, isExternal, makeTensor, sizeOf, valuesOf } from './tensors';
import { type EncodedModel, encodeModel } from './weights';

export interface TensorFact {
  readonly dtype: DataType;
  readonly dims: readonly number[];
  /** Values of tensors that don't depend on the image: constants, and sizes computed in the graph. */
  readonly values?: readonly number[];
}
export type Facts = ReadonlyMap<string, TensorFact>;

export interface TracePlan {
  readonly model: EncodedModel;
  /** Tensors whose types are read from the session. */
  readonly tensors: readonly string[];
  /** The output that holds a tensor's dimensions (int64). */
  readonly shapeOutput: (tensor: string) => string;
  /**
   * True for tensors whose values are the same for every image. They are fetched if they are small and of an integer
   * type.
   */
  readonly isStatic: (tensor: string) => boolean;
}

const SHAPE_SUFFIX = '/group-cam/shape';
/**
 * The largest number of elements whose values are kept. Larger tensors are not sizes, indices or attributes given as
 * inputs.
 */
export const SMALL = 1024;
/** Types of tensors whose values can decide shapes, so that they are kept. */
const KEPT: ReadonlySet<number> = new Set([DataType.INT64, DataType.INT32, DataType.BOOL, DataType.STRING]);
/** Operators whose outputs are not tensors. */
const NOT_TENSORS: ReadonlySet<string> = new Set([
  'ai.onnx.ml:ZipMap',
  'SequenceConstruct',
  'SequenceEmpty',
  'SequenceErase',
  'SequenceInsert',
  'SequenceMap',
  'SplitToSequence',
  'Optional',
]);
/** Operators whose output depends on the dimensions of their input, not on its values. */
export const SIZE_ONLY: ReadonlySet<string> = new Set(['Shape', 'Size']);

/** A plan to run the model once on any input of the wanted size. */
export function planTrace(model: Model, inputs: readonly string[]): TracePlan {
  const { graph } = model;
  const tensors = tensorsOf(graph);
  const shapes = tensors.map((name) => makeNode('Shape', name + SHAPE_SUFFIX, [name], [name + SHAPE_SUFFIX], {}));
  return {
    model: encodeTraced(model, shapes),
    tensors,
    shapeOutput: (tensor) => tensor + SHAPE_SUFFIX,
    isStatic: staticTensors(model, inputs),
  };
}

/** Finds the tensors that have the same values for every image of the size. */
export function staticTensors({ graph }: Model, inputs: readonly string[]): (tensor: string) => boolean {
  const dependent = tensorsDependingOn(indexGraph(graph.node), inputs, (node) => !SIZE_ONLY.has(operatorOf(node)));
  return (tensor) => !dependent.has(tensor);
}

/**
 * Encodes the model with all tensors as outputs. The runtime then infers their types and, where it can, their
 * dimensions.
 */
export function encodeForInference(model: Model): EncodedModel {
  return encodeTraced(model, []);
}

function tensorsOf(graph: GraphProto): string[] {
  return graph.node
    .filter((node) => !NOT_TENSORS.has(operatorOf(node)))
    .flatMap((node) => node.output.filter((name) => name !== ''));
}

function encodeTraced(model: Model, shapes: readonly NodeProto[]): EncodedModel {
  const { graph } = model;
  const zeros: NodeProto[] = [];
  const initializer: TensorProto[] = [];
  for (const tensor of graph.initializer) {
    if (sizeOf(dimsOf(tensor)) <= SMALL ? !isExternal(tensor) : KEPT.has(tensor.dataType)) {
      initializer.push(tensor);
      continue;
    }
    const shape = `${tensor.name}/group-cam/dims`;
    initializer.push(makeTensor(shape, DataType.INT64, [tensor.dims.length], dimsOf(tensor)));
    zeros.push(zerosNode(tensor, shape));
  }
  const typed = new Set(graph.output.map(({ name }) => name));
  const output = [
    ...graph.output,
    ...tensorsOf(graph)
      .filter((name) => !typed.has(name))
      .map((name) => create(ValueInfoProtoSchema, { name })),
    ...shapes.map((node) => valueInfo(node.output[0]!, DataType.INT64, [undefined])),
  ];
  return encodeModel(model, { ...graph, node: [...zeros, ...graph.node, ...shapes], initializer, output });
}

function zerosNode(tensor: TensorProto, shape: string): NodeProto {
  const zero = { tensor: makeTensor('', tensor.dataType, [1], [0]) };
  return makeNode('ConstantOfShape', `${tensor.name}/group-cam/zeros`, [shape], [tensor.name], { value: zero });
}

/** @param dims a number, a name of a free dimension, or undefined for one without a name */
export function valueInfo(name: string, type: DataType, dims: readonly (number | string | undefined)[]) {
  const dim = dims.map((d) => ({
    value:
      typeof d === 'number'
        ? { case: 'dimValue' as const, value: BigInt(d) }
        : d === undefined
          ? { case: undefined }
          : { case: 'dimParam' as const, value: d },
  }));
  const shape = create(TensorShapeProtoSchema, { dim });
  const tensorType = create(TypeProto_TensorSchema, { elemType: type, shape });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}

/** The facts of the model's constants, with the values of small ones. */
export function constantFacts(model: Model): Map<string, TensorFact> {
  return new Map(
    model.graph.initializer.map((tensor) => {
      const dims = dimsOf(tensor);
      const values = sizeOf(dims) <= SMALL ? valuesOf(tensor) : undefined;
      return [tensor.name, { dtype: tensor.dataType, dims, ...(values && { values }) }];
    }),
  );
}
