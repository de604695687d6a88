/**
 * What is known of every tensor for one size of input: type, dimensions and, for sizes and indices, values. The runtime
 * tells: a tracing model has all tensors as outputs and runs once, with weights of zero, since shapes do not depend on
 * them. So every operator the runtime knows has its shape here, and no weight is read for it.
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
  /** Of tensors that don't depend on the image's values: constants, and sizes computed in the graph. */
  readonly values?: readonly number[];
}
export type Facts = ReadonlyMap<string, TensorFact>;

export interface TracePlan {
  readonly model: EncodedModel;
  /** Tensors whose types are to be read from the session. */
  readonly tensors: readonly string[];
  /** The output that holds a tensor's dimensions (int64). */
  readonly shapeOutput: (tensor: string) => string;
  /** True for tensors whose values are worth fetching if they are small and of an integer type. */
  readonly isStatic: (tensor: string) => boolean;
}

const SHAPE_SUFFIX = '/group-cam/shape';
/** Tensors of more elements are never sizes, indices or attributes in the form of an input. */
export const SMALL = 1024;
/** Types of tables that index others; their values can decide shapes, so they are kept. */
const KEPT: ReadonlySet<number> = new Set([DataType.INT64, DataType.INT32, DataType.BOOL, DataType.STRING]);
/** Operators whose outputs are no tensors. */
const NOT_TENSORS: ReadonlySet<string> = new Set([
  'ai.onnx.ml:ZipMap',
  'SequenceConstruct',
  'SequenceEmpty',
  'SplitToSequence',
  'Optional',
]);
/** Operators that pass on dimensions, not values. */
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

/** Which tensors have the same values for every image of the size. */
export function staticTensors({ graph }: Model, inputs: readonly string[]): (tensor: string) => boolean {
  const dependent = tensorsDependingOn(indexGraph(graph.node), inputs, (node) => !SIZE_ONLY.has(operatorOf(node)));
  return (tensor) => !dependent.has(tensor);
}

/** The model with all tensors as outputs, of which the runtime infers the types and, where it can, the dimensions. */
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

/** The facts of the model's constants, of which the values are kept if they are small. */
export function constantFacts(model: Model): Map<string, TensorFact> {
  return new Map(
    model.graph.initializer.map((tensor) => {
      const dims = dimsOf(tensor);
      const values = sizeOf(dims) <= SMALL ? valuesOf(tensor) : undefined;
      return [tensor.name, { dtype: tensor.dataType, dims, ...(values && { values }) }];
    }),
  );
}
