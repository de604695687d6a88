/** The steps of a method as nodes of one graph, from an image to the layer's gradient, the masks and the scores of blends. */
import type { GraphProto, ValueInfoProto } from 'onnx-buf';
import { GRADIENT, gradientGraph } from '../cam/gradient';
import { realValues, valuesRead } from '../cam/graph';
import { imageGraph, SCORE } from '../cam/transform';
import type { Variant } from '../cam/variants';
import { halved } from '../half/halved';
import type { Blur, MethodChoice } from '../methods/choice';
import type { LayerInfo, ModelInfo } from '../model/info';
import { createEmitter, type Emitter } from '../onnx/emit';
import { type Facts, valueInfo } from '../onnx/facts';
import { indexGraph, tensorsDependingOn } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { pad, reshape, slice } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import { CLASSES } from '../target/class-scores';
import type { Fragment } from '../target/target';
import { background, blended } from './blends';
import {
  channelMaps,
  denoised,
  groupMasks,
  isPlain,
  type Normalised,
  normalised,
  type PlainMethod,
  type Sums,
  upsampling,
} from './maps';
import { forEach, splice } from './splice';

/** How Group-CAM makes its masks and blends. */
export interface GroupCamSteps {
  readonly variant: Variant;
  readonly groups: number;
  readonly theta: number;
  readonly blur: Blur;
}

/** How the map is made. */
export type ExportedMethod = { readonly name: PlainMethod } | ({ readonly name: 'group-cam' } & GroupCamSteps);

/** The method of a choice as a graph has it; undefined for what no graph can do. */
export function graphMethodOf({ method, options, blur }: MethodChoice): ExportedMethod | undefined {
  if (isPlain(method)) return { name: method };
  if (method !== 'group-cam' || options['grouping'] !== 'consecutive') return undefined;
  const { variant, groups, theta } = options as { variant: Variant; groups: number; theta: number };
  return { name: method, variant, groups, theta, blur };
}

export const needsGradient = (method: ExportedMethod): boolean =>
  method.name !== 'group-cam' || method.variant !== 'gradient-free';

/** How much goes through the model at once. */
export interface ExportedBatch {
  /** Whether the model takes any number of images, or one. */
  readonly images: 'any' | 'one';
  /** Whether all blends of an image go through the model at once, or one after the other. */
  readonly blends: 'together' | 'one by one';
}

export interface StepsSpec {
  readonly model: Model;
  /** Facts at batch 1. */
  readonly facts: Facts;
  readonly info: Pick<ModelInfo, 'input' | 'preprocessing'>;
  readonly layer: LayerInfo;
  /** Where the layer's gradient starts; see `startInUse`. */
  readonly start: LayerInfo;
  readonly fragment: Fragment;
  readonly batch: ExportedBatch;
  /** Starts the names of copies. */
  readonly base: string;
  /** The images as float32, in the model's layout. */
  readonly image: string;
  readonly sums: Sums;
  /** Whether blends go through the model in half floats. */
  readonly half?: boolean;
}

/** Tensors of N images. */
export interface Masks extends Normalised {
  /** The masks before equation 4, [N, count, pixels]. The first one is empty: its blend is the blurred image. */
  readonly masks: string;
  readonly count: number;
}

/** Adds the nodes of the steps that are asked for. */
export function stepsOf(e: Emitter, spec: StepsSpec) {
  const { model, facts, layer, start, info, fragment, batch, base, image, sums } = spec;
  const { input, preprocessing } = info;
  const size = { height: preprocessing.height.value, width: preprocessing.width.value };
  const pixels = { ...size, layout: input.layout, channels: input.channels };
  const dependent = tensorsDependingOn(indexGraph(model.graph.node), [input.name]);
  const isConstant = (tensor: string) =>
    model.initializers.has(tensor) || (facts.has(tensor) && !dependent.has(tensor));
  const copy = (to: Emitter, graph: GraphProto, name: string, inputs: Readonly<Record<string, string>>) =>
    splice(to, graph, { prefix: `${base}/${name}`, inputs, isShared: isConstant })[0]!;
  /** Tensors whose free dimensions have names; see `assemble`. */
  const shaped: ValueInfoProto[] = [];
  e.scope('layer');
  const activations = realValues(e, model, facts, layer.tensor);
  const maps = channelMaps(e, activations, layer);
  const started =
    start.tensor === layer.tensor
      ? activations
      : start.tensor === input.name
        ? image
        : realValues(e, model, facts, start.tensor);
  e.scope('resize');
  const upsample = upsampling(e, layer, size, sums);
  return { activations, started, maps, upsample, shaped, outputs, topClass, gradient, masks, probabilities };

  /** What targets read of the images, by the names of the fragment's outputs. */
  function outputs(): Readonly<Record<string, string>> {
    const inner = createEmitter('scores', model.opset, facts.keys());
    fragment.forward(inner, valuesRead(inner, facts, fragment));
    const names = Object.keys(fragment.outputs);
    const output = names.map((name) => ({ name }) as ValueInfoProto);
    const graph = { node: inner.nodes, initializer: inner.initializers, output };
    const made = splice(e, graph, { prefix: `${base}/scores`, inputs: {}, isShared: (tensor) => facts.has(tensor) });
    return Object.fromEntries(names.map((name, i) => [name, made[i]!]));
  }

  /** The index of the most probable class of each image, int64 [N]. */
  function topClass(probabilities = outputs()[CLASSES.probabilities]!): string {
    return e.op('ArgMax', [probabilities], { axis: { int: 1 }, keepdims: { int: 0 } });
  }

  /**
   * The gradient of the layer for each image, with the layer's dimensions. A gradient graph holds for one image.
   *
   * @param seed of the fragment's input, for each image
   */
  function gradient(seed: string): string {
    const graph = gradientGraph(model, facts, { source: start.tensor, wrt: layer.tensor }, fragment);
    const [of] = fragment.inputs;
    e.scope('gradient');
    if (batch.images === 'one') {
      const inputs = { [GRADIENT.source]: started, [of!.name]: reshape(e, seed, of!.dims) };
      return splice(e, graph, { prefix: `${base}/back`, inputs, isShared: (tensor) => facts.has(tensor) })[0]!;
    }
    const each = forEach(
      e,
      count(),
      (inner, index) => {
        const item = (tensor: string) => inner.op('Gather', [tensor, index], { axis: { int: 0 } });
        const inputs = { [GRADIENT.source]: item(started), [of!.name]: reshape(inner, item(seed), of!.dims) };
        return copy(inner, graph, 'back', inputs);
      },
      `${base}/back/each`,
    );
    return reshape(e, each, [-1, ...facts.get(layer.tensor)!.dims.slice(1)]);
  }

  /** The number of images, int64 [1]. */
  function count(): string {
    return slice(e, e.op('Shape', [input.name]), [0], [1], [0]);
  }

  /** Equations 1 to 4. */
  function masks({ variant, groups, theta }: GroupCamSteps, slope: string | undefined): Masks {
    e.scope('masks');
    const of = slope === undefined ? undefined : channelMaps(e, slope, layer);
    // There may be fewer masks than asked for.
    const made = Math.ceil(layer.channels / Math.ceil(layer.channels / groups));
    const raw = groupMasks(e, maps, of, layer, groups, sums);
    const cleaned = variant === 'paper' ? denoised(e, raw, made, layer.height * layer.width, theta) : raw;
    // De-noising leaves at least one 0 in each mask.
    const canBeConstant = variant !== 'paper';
    const all = pad(e, cleaned, [0, 1, 0, 0, 0, 0]);
    return {
      masks: all,
      count: 1 + made,
      ...normalised(e, all, 1 + made, upsample, { layer, size, sums, canBeConstant }),
    };
  }

  /** Equation 5 and p of every class for each blend, [N, blends, classes]. */
  function probabilities(masks: string, of: number, blur: Blur): string {
    e.scope('blend');
    const blends = blended(e, image, background(e, image, pixels, blur), masks, of, pixels);
    const { [CLASSES.probabilities]: classes } = fragment.outputs;
    const only = { ...fragment, outputs: { [CLASSES.probabilities]: classes! } };
    const graph = imageGraph(model, facts, { input: input.name }, only);
    const passes = spec.half ? halved(graph, facts, model.opset) : graph;
    // Without a name for the number of blends the runtime can't tell that both tensors of a shortcut are equally large. It would
    // then add them beside the convolution, not inside it as in the engine's session, and the scores would differ in their last bits.
    if (batch.blends === 'together')
      shaped.push(valueInfo(blends, DataType.FLOAT, [`${base}/N`, ...facts.get(input.name)!.dims.slice(1)]));
    const score = (to: Emitter, images: string) => copy(to, passes, 'pass', { [SCORE.image]: images });
    const each =
      batch.blends === 'together'
        ? score(e, blends)
        : forEach(
            e,
            batch.images === 'one' ? e.ints([of]) : slice(e, e.op('Shape', [blends]), [0], [1], [0]),
            (inner, index) => score(inner, inner.op('Gather', [blends, index], { axis: { int: 0 } })),
            `${base}/pass/each`,
          );
    return reshape(e, each, [-1, of, classes!]);
  }
}
