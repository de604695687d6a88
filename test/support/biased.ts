/** Models that differ in the biases of their classes. */
import { readFileSync } from 'node:fs';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { RESNET20 } from './cifar';

const CLASSES = 10;

/** CIFAR-10's ResNet-20 with so much more for the logit of a class. */
export function biasedModel(index: number, more: number): Uint8Array {
  const model = fromBinary(ModelProtoSchema, readFileSync(RESNET20));
  const biases = model.graph!.initializer.filter(({ dims }) => dims.length === 1 && Number(dims[0]) === CLASSES);
  if (biases.length !== 1) throw new Error(`${biases.length} tensors may be the bias of the classes`);
  const [bias] = biases;
  const bytes = Uint8Array.from(bias!.rawData ?? []);
  const values = new Float32Array(bytes.buffer);
  if (values.length !== CLASSES) throw new Error('the bias is not stored as bytes');
  values[index]! += more;
  bias!.rawData = bytes;
  return toBinary(ModelProtoSchema, model);
}
