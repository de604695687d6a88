/** Builds graphs from parts of others, and small models from scratch. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  type StringStringEntryProto,
  StringStringEntryProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { EncodedModel } from './weights';

/** An output whose type and shape the runtime infers. */
export function untypedInfo(name: string): ValueInfoProto {
  return create(ValueInfoProtoSchema, { name });
}

type Parts = Pick<GraphProto, 'name' | 'node' | 'initializer' | 'input' | 'output'>;

/** The body of a Loop, an If or a Scan. */
export function bodyGraph(parts: Parts): GraphProto {
  return create(GraphProtoSchema, parts);
}

/** An entry of a model's metadata. */
export function metadataEntry(key: string, value: string): StringStringEntryProto {
  return create(StringStringEntryProtoSchema, { key, value });
}

/** A complete model that contains all its weights. */
export function standaloneModel(opset: number, parts: Parts): EncodedModel {
  const opsetImport = [create(OperatorSetIdProtoSchema, { version: BigInt(opset) })];
  const model = create(ModelProtoSchema, { irVersion: 7n, opsetImport, graph: create(GraphProtoSchema, parts) });
  return { bytes: toBinary(ModelProtoSchema, model), nodes: parts.node.length, buffers: [] };
}
