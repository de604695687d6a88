/**
 * Forms in which models take images other than [N, C, H, W] and [N, H, W, C], and the rewriting of a graph of such a form
 * so that it takes [N, C, H, W] or [N, H, W, C].
 */
import type { GraphProto, ValueInfoProto } from 'onnx-buf';
import { createEmitter, type Emitter, makeNode } from '../onnx/emit';
import { valueInfo } from '../onnx/facts';
import { indexGraph, tensorsDependingOn } from '../onnx/graph';
import { type Model, withGraph } from '../onnx/model';
import { expand, reshape, slice, squeeze, unsqueeze } from '../onnx/ops';
import { renameNode } from '../onnx/rewrite/rename';
import type { DataType } from '../onnx/tensors';

/** An axis of the input that has no size of its own is undefined. */
type Size = number | undefined;

export type InputForm =
  /** The values of the image in one axis, behind that of the images if there is one. */
  | { readonly kind: 'flat'; readonly length: number; readonly batch: 'free' | 'one' | 'none' }
  /** Without the axis of the images. */
  | { readonly kind: 'no-batch' }
  /** Rows and columns without the axis of the channels, with or without that of the images. */
  | { readonly kind: 'grey'; readonly batch: 'free' | 'one' | 'none' }
  /** So many images at once; `repeated` if the graph holds for this number alone, and is given one image that often. */
  | { readonly kind: 'fixed-batch'; readonly batch: number; readonly repeated: boolean };

export interface FormedImage {
  readonly form: InputForm;
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: number;
  readonly height: Size;
  readonly width: Size;
}

/** What a source says of the input, where its dimensions leave that open. */
export interface SaidShape {
  readonly layout?: 'NCHW' | 'NHWC' | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

const CHANNELS: ReadonlySet<unknown> = new Set([1, 3, 4]);
/** The smallest side of a square image in one axis. Shorter rows are more likely other numbers. */
const LEAST_SIDE = 8;

/** @param dims of an input with fewer axes than four */
export function formOf(dims: readonly Size[], said: SaidShape): FormedImage | undefined {
  if (dims.length === 3) return ofThree(dims as [Size, Size, Size], said);
  if (dims.length === 2 && isSquare(dims)) {
    const [height, width] = dims;
    return { form: { kind: 'grey', batch: 'none' }, layout: 'NCHW', channels: 1, height, width };
  }
  const length = dims.at(-1);
  if (dims.length < 1 || dims.length > 2 || length === undefined) return undefined;
  const [first] = dims;
  const batch = dims.length === 1 ? 'none' : first === undefined ? 'free' : first === 1 ? 'one' : undefined;
  const image = batch && imageOf(length, said);
  return image && { ...image, form: { kind: 'flat', length, batch }, layout: said.layout ?? 'NCHW' };
}

/** [C, H, W], [H, W, C] or [N, H, W] */
function ofThree([a, b, c]: readonly [Size, Size, Size], said: SaidShape): FormedImage | undefined {
  const [first, last] = [CHANNELS.has(a), CHANNELS.has(c)];
  if (first && !(last && said.layout === 'NHWC'))
    return { form: { kind: 'no-batch' }, layout: 'NCHW', channels: a!, height: b, width: c };
  if (last) return { form: { kind: 'no-batch' }, layout: 'NHWC', channels: c!, height: a, width: b };
  if (a !== undefined) return undefined;
  return { form: { kind: 'grey', batch: 'free' }, layout: 'NCHW', channels: 1, height: b, width: c };
}

const isSquare = ([a, b]: readonly Size[]) => a === b && a !== undefined && a >= LEAST_SIDE;

/** The image that a row holds: of the given size, or a square one of three channels or one. */
function imageOf(length: number, { width, height }: SaidShape) {
  if (width !== undefined && height !== undefined) {
    const channels = length / (width * height);
    return CHANNELS.has(channels) ? { channels, width, height } : undefined;
  }
  for (const channels of [3, 1]) {
    const side = Math.sqrt(length / channels);
    if (Number.isInteger(side) && side >= LEAST_SIDE) return { channels, width: side, height: side };
  }
  return undefined;
}

/** What the form assumes, in words. */
export function formText(name: string, { form, channels, height, width }: FormedImage): string | undefined {
  if (form.kind === 'flat')
    return `input ${name}: its ${form.length} values are the pixels of ${width} x ${height}, ${channels === 1 ? 'grey' : 'channel after channel'}`;
  return form.kind === 'fixed-batch' && form.repeated
    ? `input ${name}: takes ${form.batch} images at once; each is given to it ${form.batch} times, and the first answer counts`
    : undefined;
}

/** The input's own dimensions for one image, where they are not those of `layout`; the order of the values is the same. */
export function ownDims({ form, layout, channels, height, width }: FormedImage, size: readonly [number, number]) {
  const pixels = [height ?? size[0], width ?? size[1]];
  const image = layout === 'NCHW' ? [channels, ...pixels] : [...pixels, channels];
  if (form.kind === 'flat') return form.batch === 'none' ? [form.length] : [1, form.length];
  if (form.kind === 'grey') return form.batch === 'none' ? pixels : [1, ...pixels];
  return form.kind === 'no-batch' ? image : [1, ...image];
}

/** Whether a run of the rewritten graph takes no more than one image. */
export function takesOne({ form }: FormedImage): boolean {
  return form.kind === 'no-batch' || form.kind === 'fixed-batch' || form.batch !== 'free';
}

/** The model with an input of four axes in place of its own one. */
export function inUsualForm(model: Model, name: string, dtype: DataType, image: FormedImage): Model {
  const { form, layout, channels, height, width } = image;
  const pixels = [height, width];
  const batch = takesOne(image) ? 1 : 'N';
  const dims = layout === 'NCHW' ? [batch, channels, ...pixels] : [batch, ...pixels, channels];
  const { graph } = model;
  const input = graph.input.map((value) => (value.name === name ? valueInfo(name, dtype, dims) : value));
  if (form.kind === 'fixed-batch' && !form.repeated) return withGraph(model, { ...graph, input });

  const emit = createEmitter('group-cam/form', model.opset, namesIn(graph));
  const own = fed(emit, name, image);
  const dependent = tensorsDependingOn(indexGraph(graph.node), [name]);
  const changed = graph.output.filter((value) => dependent.has(value.name) && isTensor(value));
  const answers = new Map(endsOf(form) ? changed.map((value) => [value.name, `${value.name}/group-cam/own`]) : []);
  const renamed = (tensor: string) => (tensor === name ? own : (answers.get(tensor) ?? tensor));
  const inner = graph.node.map((node) => renameNode(node, renamed));
  const before = emit.nodes.length;
  const ends = Array.from(answers, ([output, inside]) =>
    makeNode('Identity', `${own}/${output}`, [answer(emit, inside, form)], [output], {}),
  );
  return withGraph(model, {
    ...graph,
    input,
    node: [...emit.nodes.slice(0, before), ...inner, ...emit.nodes.slice(before), ...ends],
    initializer: [...graph.initializer, ...emit.initializers],
    output: graph.output.map((value) =>
      answers.has(value.name) ? { ...value, type: undefined } : value,
    ) as ValueInfoProto[],
    valueInfo: [],
  });
}

/** Whether outputs lack the axis of the images, or have it for several ones. */
const endsOf = (form: InputForm) => form.kind === 'no-batch' || form.kind === 'fixed-batch' || form.batch === 'none';

function fed(emit: Emitter, name: string, image: FormedImage): string {
  const { form, layout, channels } = image;
  if (form.kind === 'no-batch') return squeeze(emit, name, [0]);
  if (form.kind === 'fixed-batch') {
    const ones = layout === 'NCHW' ? [form.batch, channels, 1, 1] : [form.batch, 1, 1, channels];
    return expand(emit, name, ones);
  }
  if (form.kind === 'grey') return squeeze(emit, name, form.batch === 'none' ? [0, 1] : [1]);
  return reshape(emit, name, form.batch === 'none' ? [form.length] : [-1, form.length]);
}

function answer(emit: Emitter, output: string, form: InputForm): string {
  return form.kind === 'fixed-batch' ? slice(emit, output, [0], [1], [0]) : unsqueeze(emit, output, [0]);
}

const isTensor = ({ type }: ValueInfoProto) => type === undefined || type.value.case === 'tensorType';

function namesIn({ node, initializer, input }: GraphProto): string[] {
  return [
    ...node.flatMap(({ output }) => output),
    ...initializer.map((tensor) => tensor.name),
    ...input.map((value) => value.name),
  ];
}
