/** Models whose weights lie in a file beside them. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation } from 'onnx-buf';

/** The model with the bytes of all its initializers in the external file `location`. */
export function withExternalWeights(model: Uint8Array, location: string): { model: Uint8Array; weights: Uint8Array } {
  const proto = fromBinary(ModelProtoSchema, model);
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of proto.graph!.initializer) {
    const { length } = tensor.rawData;
    if (length === 0) continue;
    const entries = Object.entries({ location, offset, length });
    tensor.externalData = entries.map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value: `${value}` }),
    );
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    pieces.push(tensor.rawData);
    tensor.rawData = new Uint8Array();
    offset += length;
  }
  return { model: toBinary(ModelProtoSchema, proto), weights: Buffer.concat(pieces) };
}
