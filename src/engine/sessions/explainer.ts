/** The data that the engine holds to explain images with one model, layer and device. */
import type { FeatureMaps } from '../../core/cam/features';
import type { Between } from '../../core/cam/transform';
import type { Background } from '../../core/methods/network';
import { type LayerInfo, layerInUse, type ModelInfo, startInUse } from '../../core/model/info';
import type { Facts } from '../../core/onnx/facts';
import type { EncodedModel } from '../../core/onnx/weights';
import type { Ranges } from '../../core/quantise/grids';
import type { Plan } from '../../core/quantise/plan';
import type { Fragment, Outputs } from '../../core/target/target';
import type { Stamp } from '../../files/stamps';
import type { Device } from '../../protocol/devices';
import type { Rewrite } from '../model/fit';
import type { PreparedInput } from '../pictures/prepare';
import type { Batching } from '../runtime/batching';
import { floats, type Session, type Tensor } from '../runtime/runtime';
import type { Lru } from './lru';
import type { Verdict } from './trial';

/** A model without its bytes. */
export interface KnownModel {
  readonly info: ModelInfo;
  /** Facts at batch 1. */
  readonly facts: Facts;
  /** Changes the model of the file to the one that `facts` are of. */
  readonly rewrite: Rewrite;
  /** Stamps of the files that this was derived from. */
  readonly stamps: readonly Stamp[];
  /** Identity of the model's file and its weights. */
  readonly identity: string;
}

/** Explains images with one model, layer and device. */
export interface Explainer extends KnownModel {
  readonly device: Device;
  /** What all targets are read of. */
  readonly fragment: Fragment;
  /** See `scoreGraph`. */
  readonly score: Session;
  /** Parts that only some methods need; a part is created when the first method needs it. */
  readonly parts: { -readonly [P in Part]?: Parts[P] };
  /** Matrices that resample masks of the layer's size to the input's: [1, height, layer height] and [1, layer width, width]. */
  readonly upsampling: { readonly rows: Tensor; readonly columns: Tensor };
  batching: Batching;
  /** Where it was seen that images which go through the model together don't change each other's scores; see `checkApart`. */
  isApart?: 'network' | 'rest';
  /** The graph of the method that was run last, if it was run by one; see `ways.ts`. */
  graph?: { release(): Promise<void> } | undefined;
  /** The graph of sweeps; see `batch-way.ts`. */
  batchWay?: { release(): Promise<void> };
  /** The state of the images that were explained last. */
  readonly images: Lru<ImageState>;
  /** Number of tasks that are using the sessions. If the explainer is no longer kept, the last task releases them. */
  users: number;
  kept: boolean;
}

/** Sessions and weights that only some methods need. */
export interface Parts {
  /** See `gradientGraph`; from `startInUse` to the gradient of the layer. */
  readonly 'feature-gradient': Session;
  /** The same for the gradient of the input. */
  readonly 'input-gradient': Session;
  readonly 'guided-gradient': Session;
  /** See `downstreamGraph`. */
  readonly features: Session;
  /** See `imageGraph`; undefined for a large model. */
  readonly images: Session | undefined;
  /** The same with SCORE.features, for sweeps. */
  readonly sweep: Session | undefined;
  /** An exported model's whole graph, with its own map. */
  readonly 'own-map': Session;
  /** [classes, K]; undefined if the model has no linear head. */
  readonly 'linear-head': Float32Array | undefined;
  /** The score session in 8 bits, or why there is none. */
  readonly int8: Int8 | NoInt8;
}

/** The score session in 8 bits, and the images whose ranges its grids cover. */
export interface Int8 extends Pick<Plan, 'grids' | 'biases'> {
  /** The score graph with its weights, whose grids are open. */
  readonly encoded: EncodedModel;
  /** The score graph in real numbers, with the ranges of what the grids are for. */
  readonly ranged: Session;
  /** What the grids of `session` cover. */
  ranges: Ranges | undefined;
  session: Session | undefined;
  /** Backdrops of the images whose ranges are covered. */
  readonly covered: WeakSet<Backdrop>;
  /** What the first image has shown; undefined before. */
  verdict: Verdict | undefined;
  release(): Promise<void>;
}

/** Why there is no session in 8 bits, in words. */
export interface NoInt8 {
  readonly reason: string;
}

export type Part = keyof Parts;

/** The results for one image that do not depend on the target, kept for explanations of other targets. */
export interface ImageState {
  readonly outputs: Outputs;
  readonly input: PreparedInput;
  /** The target layer's output, in its own arrangement. */
  readonly activations: Float32Array;
  /** That of `startInUse`, if it is neither the target layer nor the input. */
  readonly start?: Float32Array | undefined;
  readonly features: FeatureMaps;
  readonly backgrounds: { [B in Background]?: Backdrop };
}

/** The picture that replaces the image where a mask hides it. */
export interface Backdrop {
  readonly tensor: Tensor;
  /** Kernel and sigma of the blur. */
  readonly key: string;
  /** The outputs for the backdrop itself, after it was scored. */
  outputs: Outputs | undefined;
}

/** The tensors of a model between which images are blended, and those that are read. */
export function placesOf(info: ModelInfo): Between {
  const { input, layer } = info;
  const start = startInUse(info).tensor;
  const isOther = start !== layer.value && start !== input.name;
  return { input: input.name, layout: input.layout, layer: layer.value, ...(isOther && { start }) };
}

/** What graphs that start at `startInUse` are fed for an image. */
export function startOf(
  { info }: Explainer,
  { input, activations, start }: Pick<ImageState, 'input' | 'activations' | 'start'>,
): Tensor {
  const { tensor, shape } = startInUse(info);
  if (tensor === info.input.name) return floats(input.tensor, input.dims);
  return floats(tensor === info.layer.value ? activations : start!, shape);
}

export function layerOf({ info }: Explainer): LayerInfo {
  return layerInUse(info);
}
