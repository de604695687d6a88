/** Graphs that are put together from parts, or from nothing. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { EncodedModel } from './weights';

/** An output whose type and shape the runtime infers. */
export function untypedInfo(name: string): ValueInfoProto {
  return create(ValueInfoProtoSchema, { name });
}

type Parts = Pick<GraphProto, 'name' | 'node' | 'initializer' | 'input' | 'output'>;

/** A model of its own, with all its weights inside. */
export function standaloneModel(opset: number, parts: Parts): EncodedModel {
  const opsetImport = [create(OperatorSetIdProtoSchema, { version: BigInt(opset) })];
  const model = create(ModelProtoSchema, { irVersion: 7n, opsetImport, graph: create(GraphProtoSchema, parts) });
  return { bytes: toBinary(ModelProtoSchema, model), nodes: parts.node.length, buffers: [] };
}
