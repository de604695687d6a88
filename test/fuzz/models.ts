/** What may be wrong with a model. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { bodiesOf } from '../../src/core/onnx/graph';
import { DataType, makeTensor } from '../../src/core/onnx/tensors';
import { mutateBytes, type Random } from './random';

/** What an operator is replaced with: others of the same form, those that make sizes of values, and those with bodies. */
const OPERATORS = [
  ...['Relu', 'Identity', 'Add', 'Mul', 'Div', 'Pow', 'MatMul', 'Conv', 'ConvTranspose', 'Gemm', 'Concat', 'Softmax'],
  ...['ConstantOfShape', 'Expand', 'Tile', 'Range', 'Resize', 'Upsample', 'Pad', 'OneHot', 'NonZero', 'Unique', 'TopK'],
  ...[
    'Loop',
    'If',
    'Scan',
    'SequenceConstruct',
    'SplitToSequence',
    'ZipMap',
    'Cast',
    'Shape',
    'Reshape',
    'Gather',
    'Slice',
  ],
  ...[
    'RandomNormal',
    'EyeLike',
    'Einsum',
    'Squeeze',
    'Flatten',
    'ReduceMax',
    'Dropout',
    'Constant',
    'LSTM',
    'NoSuchThing',
  ],
];

type Mutation = (random: Random, graph: GraphProto, proto: ModelProto) => unknown;

const tensorNames = ({ node, initializer, input }: GraphProto) => [
  ...node.flatMap(({ output }) => output),
  ...initializer.map(({ name }) => name),
  ...input.map(({ name }) => name),
];

const at = <T>(random: Random, list: readonly T[], change: (item: T) => unknown): void => {
  if (list.length > 0) change(random.pick(list));
};

function changeDims(random: Random, dims: bigint[]): void {
  if (dims.length > 0 && random.chance(0.8)) dims[random.int(dims.length)] = BigInt(random.edge());
  else if (random.chance(0.5)) dims.push(BigInt(random.edge()));
  else dims.pop();
}

function changeShape(random: Random, { type }: ValueInfoProto): void {
  if (type?.value.case !== 'tensorType') return;
  const tensor = type.value.value;
  if (random.chance(0.2)) tensor.elemType = random.int(24);
  at(random, tensor.shape?.dim ?? [], (dim) => {
    if (random.chance(0.7)) dim.value = { case: 'dimValue', value: BigInt(random.edge()) };
    else dim.value = { case: 'dimParam', value: random.text() };
  });
}

function changeValues(random: Random, tensor: TensorProto): void {
  if (random.chance(0.3)) tensor.dataType = random.int(24);
  else if (tensor.dataType === DataType.INT64) {
    const count = random.int(6);
    const values = Array.from({ length: count }, () => random.edge());
    const made = makeTensor(
      tensor.name,
      DataType.INT64,
      random.chance(0.7) ? tensor.dims.map(Number) : [count],
      values,
    );
    Object.assign(tensor, { rawData: made.rawData, int64Data: [], dims: made.dims });
  } else if (tensor.rawData.length > 0) tensor.rawData = mutateBytes(random, tensor.rawData) as Uint8Array<ArrayBuffer>;
  else tensor.floatData = [Number.NaN, Number.POSITIVE_INFINITY, random.edge()];
}

function changeAttribute(random: Random, attribute: AttributeProto): void {
  if (attribute.ints.length > 0) changeDims(random, attribute.ints);
  else if (attribute.t) changeValues(random, attribute.t);
  else if (attribute.s.length > 0) attribute.s = new TextEncoder().encode(random.text()) as Uint8Array<ArrayBuffer>;
  else
    random.pick([
      () => Object.assign(attribute, { i: BigInt(random.edge()) }),
      () => Object.assign(attribute, { f: random.edge() }),
      () => Object.assign(attribute, { type: random.int(15) }),
      () => Object.assign(attribute, { name: random.text() }),
    ])();
}

function changeEdge(random: Random, node: NodeProto, graph: GraphProto): void {
  const side = random.chance(0.7) ? node.input : node.output;
  const name = random.chance(0.8) ? random.pick(tensorNames(graph)) : random.text();
  if (side.length === 0 || random.chance(0.1)) side.push(name);
  else if (name === '') side.pop();
  else side[random.int(side.length)] = name;
}

const MUTATIONS: readonly Mutation[] = [
  (random, { initializer }) => at(random, initializer, (tensor) => changeDims(random, tensor.dims)),
  (random, { initializer }) => at(random, initializer, (tensor) => changeValues(random, tensor)),
  (random, { input, output, valueInfo }) =>
    at(random, [...input, ...output, ...valueInfo], (value) => changeShape(random, value)),
  (random, { node }) =>
    at(
      random,
      node.filter(({ attribute }) => attribute.length > 0),
      (n) => changeAttribute(random, random.pick(n.attribute)),
    ),
  (random, { node }) => at(random, node, (n) => Object.assign(n, { opType: random.pick(OPERATORS) })),
  (random, graph) => at(random, graph.node, (n) => changeEdge(random, n, graph)),
  (random, { node }) => void node.splice(random.int(node.length), 1),
  (random, { node }) => void node.splice(random.int(node.length), 0, random.pick(node)),
  (random, { node }) => void node.push(...node.splice(random.int(node.length), 1)),
  (random, { node }) =>
    at(random, node, (n) =>
      Object.assign(n, { domain: random.pick(['', 'ai.onnx', 'com.microsoft', 'ai.onnx.ml', 'own', random.text()]) }),
    ),
  (random, graph) =>
    at(random, [...graph.node, ...graph.initializer, ...graph.input, ...graph.output], (named) =>
      Object.assign(named, { name: random.text() }),
    ),
  (random, graph) =>
    at(random, graph.output, (output) => Object.assign(output, { name: random.pick(tensorNames(graph)) })),
  (random, _, proto) =>
    at(random, proto.opsetImport, (opset) => Object.assign(opset, { version: BigInt(random.edge()) })),
  (random, _, proto) => Object.assign(proto, { irVersion: BigInt(random.edge()) }),
  (random, _, proto) =>
    at(random, proto.metadataProps, (prop) =>
      Object.assign(prop, { [random.pick(['key', 'value'] as const)]: random.text() }),
    ),
  (random, graph) =>
    at(random, graph.node.flatMap(bodiesOf), (body) =>
      random.pick(MUTATIONS.slice(0, 12))(random, body, create(ModelProtoSchema)),
    ),
  (random, graph, proto) => at(random, proto.functions, (f) => at(random, f.node, (n) => changeEdge(random, n, graph))),
];

/** A mutation of one of the models: of its bytes, or of what they say. */
export function mutateModel(random: Random, models: readonly Uint8Array[]): Uint8Array {
  const bytes = random.pick(models);
  if (random.chance(0.25)) return mutateBytes(random, bytes);
  const proto = fromBinary(ModelProtoSchema, bytes);
  for (let i = random.int(3); i >= 0; i--) random.pick(MUTATIONS)(random, proto.graph!, proto);
  return toBinary(ModelProtoSchema, proto);
}

/** What may lie beside a model: nothing, or one of the files that say how it is used. */
export function mutateSettings(random: Random): { readonly name: string; readonly text: string } | undefined {
  if (random.chance(0.8)) return undefined;
  const value = (): unknown =>
    random.pick<() => unknown>([
      random.edge,
      random.text,
      () => [random.edge(), random.edge()],
      () => null,
      () => ({}),
      () => [0.5, 0.5, 0.5],
    ])();
  const filled = (...keys: readonly string[]) =>
    Object.fromEntries(keys.filter(() => random.chance(0.5)).map((key) => [key, value()]));
  const [name, json] = random.pick<readonly [string, unknown]>([
    [
      'net.explain.json',
      {
        input: filled('width', 'height', 'fit', 'resize', 'mean', 'std', 'scale'),
        ...filled('layer', 'labels', 'output'),
      },
    ],
    [
      'preprocessor_config.json',
      {
        size: { height: random.edge(), width: random.edge() },
        ...filled('crop_size', 'do_resize', 'image_mean', 'image_std', 'rescale_factor', 'resample', 'crop_pct'),
      },
    ],
    [
      'config.json',
      {
        model_type: 'resnet',
        id2label: { 0: 'cat', [random.text()]: value() },
        ...filled('pretrained_cfg', 'problem_type', 'label_names'),
      },
    ],
  ]);
  const text = JSON.stringify(json);
  return { name, text: random.chance(0.2) ? text.slice(0, random.int(text.length)) : text };
}
