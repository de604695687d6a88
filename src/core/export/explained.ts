/**
 * The self-explaining model: one graph from the image to the model's own outputs and a saliency map. It has the operators of
 * the model's operator set alone, so that any runtime runs it, and the model's weights once.
 */
import type { GraphProto, ValueInfoProto } from 'onnx-buf';
import { GRADIENT, gradientGraph } from '../cam/gradient';
import { cast, realValues, valuesRead } from '../cam/graph';
import { imageGraph, SCORE } from '../cam/transform';
import type { Variant } from '../cam/variants';
import type { Blur } from '../methods/choice';
import type { LayerInfo, ModelInfo } from '../model/info';
import { createEmitter, type Emitter } from '../onnx/emit';
import { type Facts, valueInfo } from '../onnx/facts';
import { indexGraph, nodesLeadingTo, tensorsDependingOn } from '../onnx/graph';
import { type Model, withGraph } from '../onnx/model';
import { oneHot, pad, reshape, slice, unsqueeze } from '../onnx/ops';
import { renameNode } from '../onnx/rewrite/rename';
import { DataType } from '../onnx/tensors';
import { CLASSES } from '../target/class-scores';
import type { Fragment } from '../target/target';
import { blended, blurred } from './blends';
import {
  channelMaps,
  denoised,
  groupMasks,
  normalised,
  PLAIN_MAPS,
  saliency,
  type Upsampling,
  upsampling,
} from './maps';
import { EXPORTED } from './names';
import { compact, forEach, splice } from './splice';

/** How the map is made. */
export type ExportedMethod =
  | { readonly name: keyof typeof PLAIN_MAPS }
  | {
      readonly name: 'group-cam';
      readonly variant: Variant;
      readonly groups: number;
      readonly theta: number;
      readonly blur: Blur;
    };

/** How much goes through the model at once. */
export interface ExportedBatch {
  /** Whether the model takes any number of images, or one. */
  readonly images: 'any' | 'one';
  /** Whether all blends of an image go through the model at once, or one after the other. */
  readonly blends: 'together' | 'one by one';
}

export interface ExportSpec {
  readonly model: Model;
  /** Facts at batch 1. */
  readonly facts: Facts;
  readonly info: Pick<ModelInfo, 'input' | 'preprocessing' | 'layers'>;
  readonly layer: LayerInfo;
  readonly fragment: Fragment;
  /** The inputs and outputs as the file has them. */
  readonly declared: Pick<GraphProto, 'input' | 'output'>;
  readonly method: ExportedMethod;
  readonly class: 'top' | 'input';
  readonly size: 'layer' | 'input';
  readonly batch: ExportedBatch;
}

/** @throws what `gradientGraph` throws */
export function explainedModel(spec: ExportSpec): Model {
  const { model, facts, layer, info, fragment, method, batch } = spec;
  const { input } = info;
  const size = { height: info.preprocessing.height.value, width: info.preprocessing.width.value };
  const pixels = { ...size, layout: input.layout, channels: input.channels };
  const base = prefixFor(model);
  const e = createEmitter(base, model.opset);
  const dependent = tensorsDependingOn(indexGraph(model.graph.node), [input.name]);
  const isConstant = (tensor: string) =>
    model.initializers.has(tensor) || (facts.has(tensor) && !dependent.has(tensor));
  const copy = (to: Emitter, graph: GraphProto, name: string, inputs: Readonly<Record<string, string>>) =>
    splice(to, graph, { prefix: `${base}/${name}`, inputs, isShared: isConstant })[0]!;

  e.scope('image');
  const image = cast(e, input.name, facts.get(input.name)!.dtype, DataType.FLOAT);
  e.scope('class');
  const chosen = spec.class === 'input' ? askedClass() : topClass();
  const hot = oneHot(e, chosen, fragment.outputs[CLASSES.probabilities]!);
  e.scope('layer');
  const activations = realValues(e, model, facts, layer.tensor);
  const maps = channelMaps(e, activations, layer);
  const needsGradient = method.name !== 'group-cam' || method.variant !== 'gradient-free';
  const gradient = needsGradient ? channelMaps(e, gradientOfLayer(), layer) : undefined;
  e.scope('upsampling');
  const upsample = upsampling(e, layer, size);
  const sized: Upsampling =
    spec.size === 'input' ? upsample : (map) => reshape(e, map, [0, 1, layer.height, layer.width]);
  const map = method.name === 'group-cam' ? groupCam(method) : PLAIN_MAPS[method.name](e, maps, gradient!);
  e.scope('merge');
  e.alias(saliency(e, sized(map, 1)), EXPORTED.saliency);
  return assembled();

  /** The index of the most probable class of each image, int64 [N]. */
  function topClass(): string {
    const inner = createEmitter('scores', model.opset);
    fragment.forward(inner, valuesRead(inner, facts, fragment));
    const output = Object.keys(fragment.outputs).map((name) => ({ name }) as ValueInfoProto);
    const graph = { node: inner.nodes, initializer: inner.initializers, output };
    const made = splice(e, graph, { prefix: `${base}/scores`, inputs: {}, isShared: (tensor) => facts.has(tensor) });
    const probabilities = made[output.findIndex(({ name }) => name === CLASSES.probabilities)]!;
    return e.op('ArgMax', [probabilities], { axis: { int: 1 }, keepdims: { int: 0 } });
  }

  /**
   * The class that is asked for, int64 [N]. OneHot counts negative ones from the end; here they are no class at all, as those
   * beyond the last one are, and have a map of zeros.
   */
  function askedClass(): string {
    if (e.opset < 9) return EXPORTED.class;
    const [zero, classes] = [0, fragment.outputs[CLASSES.probabilities]!].map((value) =>
      e.scalar(value, DataType.INT64),
    );
    return e.op('Where', [e.op('Less', [EXPORTED.class, zero!]), classes!, EXPORTED.class]);
  }

  /** The number of images, int64 [1]. */
  function count(): string {
    return slice(e, e.op('Shape', [input.name]), [0], [1], [0]);
  }

  /** d y_c / dA for each image, with the layer's dimensions. A gradient graph holds for one image. */
  function gradientOfLayer(): string {
    const cut = layer.cut;
    const source = cut ? layer.tensor : input.name;
    const graph = gradientGraph(model, facts, { source, wrt: layer.tensor }, fragment);
    const [seed] = fragment.inputs;
    const values = cut ? activations : image;
    e.scope('gradient');
    if (batch.images === 'one') {
      const inputs = { [GRADIENT.source]: values, [seed!.name]: reshape(e, hot, seed!.dims) };
      return splice(e, graph, { prefix: `${base}/back`, inputs, isShared: (tensor) => facts.has(tensor) })[0]!;
    }
    const each = forEach(
      e,
      count(),
      (inner, index) => {
        const item = (tensor: string) => inner.op('Gather', [tensor, index], { axis: { int: 0 } });
        const inputs = { [GRADIENT.source]: item(values), [seed!.name]: reshape(inner, item(hot), seed!.dims) };
        return copy(inner, graph, 'back', inputs);
      },
      `${base}/back/each`,
    );
    return reshape(e, each, [-1, ...facts.get(layer.tensor)!.dims.slice(1)]);
  }

  /** L before the ReLU of equation 7, [N, 1, pixels]. */
  function groupCam({ variant, groups, theta, blur }: Extract<ExportedMethod, { name: 'group-cam' }>): string {
    e.scope('masks');
    const count = 1 + groupCount(groups);
    const made = groupMasks(e, maps, gradient, layer, groups);
    const cleaned = variant === 'paper' ? denoised(e, made, count - 1, layer.height * layer.width, theta) : made;
    // The first mask is empty: its blend is the blurred image.
    const masks = pad(e, cleaned, [0, 1, 0, 0, 0, 0]);
    const { upsampled, small, isShown } = normalised(e, masks, count, upsample, size);
    e.scope('blends');
    const background = blurred(e, image, pixels, blur);
    const blends = blended(e, image, background, upsampled, count, pixels);
    const scores = e.op('MatMul', [probabilities(blends, count), unsqueeze(e, hot, [2])]);
    e.scope('merge');
    const gains = e.op('Sub', [scores, slice(e, scores, [0], [1], [1])]);
    const kept = e.op('Mul', [variant === 'official' ? e.op('Relu', [gains]) : gains, isShown]);
    const weights = reshape(e, kept, [0, 1, count]);
    return e.op('MatMul', [weights, variant === 'official' ? masks : small]);
  }

  /** The number of masks, which may be less than asked for. */
  function groupCount(groups: number): number {
    return Math.ceil(layer.channels / Math.ceil(layer.channels / groups));
  }

  /** p of every class for each blend, [N, blends, classes]. */
  function probabilities(blends: string, masks: number): string {
    const { [CLASSES.probabilities]: classes } = fragment.outputs;
    const only = { ...fragment, outputs: { [CLASSES.probabilities]: classes! } };
    const graph = imageGraph(model, facts, input.name, only);
    const score = (to: Emitter, images: string) => copy(to, graph, 'model', { [SCORE.image]: images });
    const each =
      batch.blends === 'together'
        ? score(e, blends)
        : forEach(
            e,
            batch.images === 'one' ? e.ints([masks]) : slice(e, e.op('Shape', [blends]), [0], [1], [0]),
            (inner, index) => score(inner, inner.op('Gather', [blends, index], { axis: { int: 0 } })),
            `${base}/model/each`,
          );
    return reshape(e, each, [-1, masks, classes!]);
  }

  function assembled(): Model {
    const { graph } = model;
    const shape = spec.size === 'input' ? size : layer;
    const images = batch.images === 'any' ? freeName(spec.declared, input.name) : 1;
    const added = nodesLeadingTo(indexGraph(e.nodes), [EXPORTED.saliency]);
    const joined = {
      ...graph,
      node: [...graph.node, ...added],
      initializer: [...graph.initializer, ...e.initializers],
    };
    const whole = withOwnForm(withGraph(model, joined), spec, base);
    const dims = [images, 1, shape.height, shape.width];
    const own = whole.graph.input;
    const ends = {
      input: spec.class === 'input' ? [...own, valueInfo(EXPORTED.class, DataType.INT64, [images])] : own,
      output: [...spec.declared.output, valueInfo(EXPORTED.saliency, DataType.FLOAT, dims)],
    };
    return withGraph(whole, compact({ ...whole.graph, ...ends, valueInfo: [] }, base));
  }
}

/** What starts the names of added nodes; no name of the model starts so. */
function prefixFor({ graph }: Model): string {
  const names = [...graph.node.flatMap(({ output }) => output), ...graph.initializer.map(({ name }) => name)];
  let prefix = 'cam';
  while (names.some((name) => name.startsWith(`${prefix}/`))) prefix += '_';
  return prefix;
}

/**
 * The model with its own inputs and outputs. One that takes images in another form than with four axes was rewritten
 * (input-forms.ts); here it gets its form back, and its inner tensors stay as they are.
 */
function withOwnForm(model: Model, { info, declared, batch }: ExportSpec, prefix: string): Model {
  const { name, shape } = info.input;
  const { graph } = model;
  const any = batch.images === 'any';
  const ofImage = graph.input.find((value) => value.name === name)!;
  const dtype = ofImage.type?.value.case === 'tensorType' ? ofImage.type.value.value.elemType : DataType.FLOAT;
  const dims = shape ?? imageDims(info);
  const image = valueInfo(name, dtype, any ? [freeName(declared, name), ...dims.slice(1)] : dims);
  const switches = model.switches.map((input) => {
    const { dataType, dims: of } = model.initializers.get(input)!;
    return valueInfo(input, dataType, of.map(Number));
  });
  const input = [...graph.input.map((value) => (value.name === name ? image : value)), ...switches];
  if (!shape) return withGraph(model, { ...graph, input });

  const made = new Set(graph.node.flatMap(({ output }) => output));
  const names = new Map([[name, `${prefix}/image`]]);
  for (const output of declared.output) {
    const own = `${output.name}/group-cam/own`;
    if (made.has(own)) names.set(own, output.name).set(output.name, `${output.name}/group-cam/batched`);
  }
  const node = graph.node.map((one) => renameNode(one, (tensor) => names.get(tensor) ?? tensor));
  const e = createEmitter(`${prefix}/form`, model.opset);
  e.alias(reshape(e, name, [-1, ...imageDims(info).slice(1)]), names.get(name)!);
  const initializer = [...graph.initializer, ...e.initializers];
  return withGraph(model, { ...graph, input, initializer, node: [...e.nodes, ...node] });
}

/** Dimensions of one image, with four axes. */
function imageDims({ input, preprocessing }: Pick<ModelInfo, 'input' | 'preprocessing'>): number[] {
  const [height, width] = [preprocessing.height.value, preprocessing.width.value];
  return input.layout === 'NCHW' ? [1, input.channels, height, width] : [1, height, width, input.channels];
}

/** The name of the axis of images, as the file has it. */
function freeName(declared: ExportSpec['declared'], input: string): string {
  const type = declared.input.find(({ name }) => name === input)?.type?.value;
  const first = type?.case === 'tensorType' ? type.value.shape?.dim[0]?.value : undefined;
  return first?.case === 'dimParam' && first.value !== '' ? first.value : 'N';
}
