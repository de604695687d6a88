/** Small models, written node by node. */
import { create, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, type TensorProto, ValueInfoProtoSchema } from 'onnx-buf';
import { type Attributes, makeNode } from '../../src/core/onnx/emit';
import { type Facts, valueInfo } from '../../src/core/onnx/facts';
import { type Model, parseModel } from '../../src/core/onnx/model';
import { DataType, makeTensor, sizeOf } from '../../src/core/onnx/tensors';
import { OWN_BYTES } from '../../src/core/onnx/weights';
import type { ModelFile } from '../../src/engine/model/model-file';
import { type TraceInput, traceFacts } from '../../src/engine/model/trace';

/** [operator, inputs, outputs, attributes]; an operator of another domain is `domain:name` */
export type TinyNode = readonly [string, string, string, (Attributes | undefined)?];
export type TinyShape = readonly (number | string)[];

export interface TinyModel {
  readonly inputs?: Readonly<Record<string, TinyShape>>;
  readonly inputType?: DataType;
  /** Of inputs with another type. */
  readonly types?: Readonly<Record<string, DataType>>;
  readonly outputs: readonly string[];
  /** Inputs and outputs of a node are separated by spaces. */
  readonly nodes: readonly TinyNode[];
  /** Weights by shape; their values run through -0.5, -0.4 ... 0.5. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly initializers?: readonly TensorProto[];
  readonly opset?: number;
  readonly irVersion?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** [N, 3, 8, 8] to a map of 4 channels, to 2 probabilities. */
export const CLASSIFIER: TinyModel = {
  nodes: [
    ['Conv', 'image stem', 'map'],
    ['Relu', 'map', 'relu'],
    ['GlobalAveragePool', 'relu', 'pooled'],
    ['Flatten', 'pooled', 'row'],
    ['MatMul', 'row fc', 'logits'],
    ['Softmax', 'logits', 'p'],
  ],
  outputs: ['p'],
  weights: { stem: [4, 3, 3, 3], fc: [4, 2] },
};

const IMAGE = { image: ['N', 3, 8, 8] };

export function tinyModel(model: TinyModel): Uint8Array {
  const type = model.inputType ?? DataType.FLOAT;
  const weights = Object.entries(model.weights ?? {}).map(([name, dims]) =>
    makeTensor(
      name,
      DataType.FLOAT,
      dims,
      Array.from({ length: sizeOf(dims) }, (_, i) => (i % 11) / 10 - 0.5),
    ),
  );
  const graph = create(GraphProtoSchema, {
    name: 'tiny',
    node: model.nodes.map(([operator, inputs, outputs, attributes]) => {
      const [name, domain = ''] = operator.split(':').reverse() as [string, string?];
      return {
        ...makeNode(name, outputs, inputs === '' ? [] : inputs.split(' '), outputs.split(' '), attributes ?? {}),
        domain,
      };
    }),
    initializer: [...weights, ...(model.initializers ?? [])],
    input: Object.entries(model.inputs ?? IMAGE).map(([name, dims]) =>
      valueInfo(name, model.types?.[name] ?? type, dims),
    ),
    output: model.outputs.map((name) => create(ValueInfoProtoSchema, { name })),
  });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(model.irVersion ?? 8),
      opsetImport: [
        { domain: '', version: BigInt(model.opset ?? 17) },
        ...domainsOf(model).map((domain) => ({ domain, version: domain === 'ai.onnx.ml' ? 2n : 1n })),
      ],
      graph,
      metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
    }),
  );
}

function domainsOf({ nodes }: TinyModel): string[] {
  const named = nodes.flatMap(([operator]) => (operator.includes(':') ? [operator.split(':', 1)[0]!] : []));
  return [...new Set(named)];
}

export function parseTiny(model: TinyModel): Model {
  return parseModel(tinyModel(model), 'tiny.onnx');
}

/** What the runtime says of a tiny model with one input, which is called `image`. */
export function factsOf(model: Model, dims: readonly number[] = [1, 3, 8, 8]): Promise<Facts> {
  return traceTiny(model, { name: 'image', dtype: DataType.FLOAT, dims });
}

/** What the runtime says of a tiny model for an input of any name and type. */
export function traceTiny(model: Model, input: TraceInput): Promise<Facts> {
  return traceFacts(inMemory(model), input);
}

/** A model that no file holds. */
export function inMemory(model: Model): ModelFile {
  return {
    path: model.file,
    bytes: model.bytes.length,
    identity: '',
    stamps: [],
    model,
    buffers: async () => new Map([[OWN_BYTES, model.bytes]]),
    release: () => {},
  };
}
