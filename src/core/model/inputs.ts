/** Finds the input of a model that takes the image, and the order of its axes. */
import type { NodeProto, TypeProto_Tensor, ValueInfoProto } from 'onnx-buf';
import { errors } from '../errors';
import { indexGraph, tensorsDependingOn } from '../onnx/graph';
import { intAttribute, intsAttribute, type Model } from '../onnx/model';
import { operatorOf } from '../onnx/operators';
import { DataType, dimsOf, dtypeName } from '../onnx/tensors';
import type { TensorInfo } from './info';
import { type FormedImage, formOf, type SaidShape } from './input-forms';
import { isSide } from './sides';

export interface ImageInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: number;
  /** Undefined if the graph leaves the height free. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  /** If the input has other axes than those of `layout`. */
  readonly formed?: FormedImage;
}

const CHANNELS: ReadonlySet<unknown> = new Set([1, 3, 4]);
/** Types of numbers that a runtime could be fed, but that images are not given as. */
const NUMBERS: ReadonlySet<DataType> = new Set([
  DataType.INT8,
  DataType.INT16,
  DataType.INT32,
  DataType.INT64,
  DataType.UINT16,
  DataType.UINT32,
  DataType.UINT64,
  DataType.BFLOAT16,
]);
const PIXELS: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.FLOAT16, DataType.DOUBLE, DataType.UINT8]);

/** What sources say of the input. */
export interface SaidInput extends SaidShape {
  /** Its name, which decides between several. */
  readonly name?: string | undefined;
}

/**
 * Finds the image input: rank 4 with 1, 3 or 4 channels, or if there is none, one of the forms of input-forms.ts. It is not
 * known what values other inputs should get, so at least one output must not depend on them.
 *
 * @throws no-image-input, several-image-inputs, inputs-unknown, model-too-large
 */
export function findImageInput(model: Model, said: SaidInput = {}): ImageInput {
  const { input, output, node } = model.graph;
  const wanted = said.name;
  const usual = input.flatMap((value) => asImage(model, value, said) ?? []);
  const images = usual.length > 0 ? usual : input.flatMap((value) => inOtherForm(value, said) ?? []);
  const [first, second] = images;
  if (!first) throw withoutImage(model, said);
  const chosen = images.find(({ name }) => name === wanted);
  const isImage = (name: string) => images.some((image) => image.name === name);
  // The error for several images asks for a name, which helps only if one of the inputs is sufficient.
  if (second && !chosen && images.some(({ name }) => needed(name) === undefined))
    throw errors.severalImageInputs(model.file, input.filter(({ name }) => isImage(name)).map(describe));
  const image = chosen ?? first;
  if ([image.width, image.height].some((side) => side !== undefined && !isSide(side)))
    throw errors.modelExcessive(model.file, `its input "${image.name}" is ${image.width} x ${image.height} pixels`);
  const others = needed(image.name);
  if (others) throw errors.inputsUnknown(model.file, image.name, others.map(describe));
  return image;

  /** The inputs that are needed besides an image; undefined if an output does not depend on any. */
  function needed(image: string): ValueInfoProto[] | undefined {
    const others = input.filter(({ name }) => name !== image);
    const needing = tensorsDependingOn(
      indexGraph(node),
      others.map(({ name }) => name),
    );
    return output.every(({ name }) => needing.has(name)) ? others : undefined;
  }
}

/** An input that has the form of an image and another type is the likeliest reason. */
function withoutImage({ file, graph }: Model, said: SaidShape): Error {
  for (const value of graph.input) {
    const type = tensorType(value);
    const dims = type && shapeOf(type).map(sizeOrFree);
    if (!type || !dims || PIXELS.has(type.elemType) || !NUMBERS.has(type.elemType)) continue;
    const isImage = dims.length === 4 && [dims[1], dims[3]].some((size) => CHANNELS.has(size));
    if (isImage || (dims.length === 3 && formOf(dims, said)))
      return errors.inputType(file, `"${value.name}" [${shapeOf(type).join(', ')}]`, dtypeName(type.elemType));
  }
  return errors.noImageInput(file, graph.input.map(describe));
}

function asImage(model: Model, value: ValueInfoProto, said: SaidShape): ImageInput | undefined {
  const type = tensorType(value);
  if (!type || !PIXELS.has(type.elemType)) return undefined;
  const dims = shapeOf(type);
  if (dims.length !== 4) return undefined;
  const [batch, ...rest] = dims.map(sizeOrFree);
  const layout = layoutOf(model, value.name, rest, said);
  const [channels, height, width] = layout === 'NCHW' ? rest : [rest[2], rest[0], rest[1]];
  const known = channels ?? channelsOfFirstConv(model, value.name);
  if (!CHANNELS.has(known)) return undefined;
  const image = { name: value.name, dtype: type.elemType, layout, channels: known!, height, width } as const;
  if (batch === undefined || batch === 1) return image;
  return { ...image, formed: { ...image, form: { kind: 'fixed-batch', batch, repeated: false } } };
}

function inOtherForm(value: ValueInfoProto, said: SaidShape): ImageInput | undefined {
  const type = tensorType(value);
  if (!type || !PIXELS.has(type.elemType)) return undefined;
  const formed = formOf(shapeOf(type).map(sizeOrFree), said);
  if (!formed) return undefined;
  const { layout, channels, height, width } = formed;
  return { name: value.name, dtype: type.elemType, layout, channels, height, width, formed };
}

/**
 * Channels are taken as last only if that is the only order with 1, 3 or 4 channels, or if all sizes are free and a source or
 * the first operators say so.
 */
function layoutOf(
  model: Model,
  name: string,
  [first, second, last]: readonly (number | undefined)[],
  said: SaidShape,
): ImageInput['layout'] {
  if (CHANNELS.has(last) && !CHANNELS.has(first)) return first === undefined && said.layout ? said.layout : 'NHWC';
  if ([first, second, last].some((size) => size !== undefined)) return 'NCHW';
  return said.layout ?? layoutOfFirst(model, name) ?? 'NCHW';
}

/** The order in which the first operator that has one reads the image. */
function layoutOfFirst({ graph }: Model, input: string): ImageInput['layout'] | undefined {
  const same = new Set([input]);
  for (const node of graph.node) {
    if (!same.has(node.input[0]!) && !(ANY_ORDER.has(operatorOf(node)) && same.has(node.input[1]!))) continue;
    const operator = operatorOf(node);
    if (operator === 'Transpose') return String(intsAttribute(node, 'perm')) === '0,3,1,2' ? 'NHWC' : 'NCHW';
    if (CONVOLUTIONS.has(operator)) return 'NCHW';
    if (ANY_ORDER.has(operator)) for (const output of node.output) same.add(output);
  }
  return undefined;
}

/** Operators that treat all axes alike. */
const ANY_ORDER: ReadonlySet<string> = new Set([
  'Add',
  'Cast',
  'Clip',
  'DequantizeLinear',
  'Div',
  'Identity',
  'Mul',
  'QuantizeLinear',
  'Sub',
]);

/** Operators whose second input is the weights, [M, C / group, ...]. */
const CONVOLUTIONS: ReadonlySet<string> = new Set(['Conv', 'com.microsoft:FusedConv', 'com.microsoft.nchwc:Conv']);

/**
 * The number of channels of the first convolution, for inputs whose dimensions are all free, as Hugging Face exports
 * them.
 */
function channelsOfFirstConv(model: Model, input: string): number | undefined {
  const graph = indexGraph(model.graph.node);
  const dependent = tensorsDependingOn(graph, [input]);
  const isConv = (node: NodeProto) => CONVOLUTIONS.has(operatorOf(node)) && dependent.has(node.input[0]!);
  const conv = graph.nodes.find(isConv);
  const weights = conv && model.initializers.get(conv.input[1]!);
  return weights && dimsOf(weights)[1]! * intAttribute(conv, 'group', 1);
}

/** The size; undefined if it is free. Some exporters write free dimensions as 0 or less. */
function sizeOrFree(dim: number | string): number | undefined {
  return typeof dim === 'number' && dim > 0 ? dim : undefined;
}

function tensorType({ type }: ValueInfoProto): TypeProto_Tensor | undefined {
  return type?.value.case === 'tensorType' ? type.value.value : undefined;
}

/** Sizes, or the names of free dimensions ("?" for one without a name). */
function shapeOf(type: TypeProto_Tensor): (number | string)[] {
  return (type.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : value.value || '?',
  );
}

export function tensorInfo(value: ValueInfoProto): TensorInfo {
  const type = tensorType(value);
  return { name: value.name, dtype: type ? dtypeName(type.elemType) : 'no tensor', shape: type ? shapeOf(type) : [] };
}

function describe(value: ValueInfoProto): string {
  const { name, dtype, shape } = tensorInfo(value);
  return `${name} (${dtype} [${shape.join(', ')}])`;
}
