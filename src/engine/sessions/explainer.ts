/** What the engine holds to explain images of one model, layer and device. */
import type { FeatureMaps } from '../../core/cam/features';
import type { Background, Scores } from '../../core/methods/network';
import type { LayerInfo, ModelInfo } from '../../core/model/info';
import type { Facts } from '../../core/onnx/facts';
import type { Stamp } from '../../files/stamps';
import type { Device } from '../../protocol/devices';
import type { PreparedInput } from '../pictures/prepare';
import type { Batching } from '../runtime/batching';
import type { Session, Tensor } from '../runtime/runtime';
import type { Lru } from './lru';

/** A model without its bytes. */
export interface KnownModel {
  readonly info: ModelInfo;
  /** At batch 1. */
  readonly facts: Facts;
  /** The files all this was made from. */
  readonly stamps: readonly Stamp[];
  /** Of the model's file and its weights. */
  readonly identity: string;
}

/** What explains images of one model, layer and device. */
export interface Explainer extends KnownModel {
  readonly device: Device;
  /** See `scoreGraph`. */
  readonly score: Session;
  /** What some methods need besides, as far as one has needed it. */
  readonly parts: { -readonly [P in Part]?: Parts[P] };
  /** Matrices that resample masks of the layer's size to the input's: [1, H, u] and [1, v, W]. */
  readonly upsampling: { readonly rows: Tensor; readonly columns: Tensor };
  batching: Batching;
  /** What is known of the images explained last. */
  readonly images: Lru<ImageState>;
  /** Tasks that run its sessions now; of one that is no longer kept, the last of them releases the sessions. */
  users: number;
  kept: boolean;
}

/** Sessions and weights that only some methods need. */
export interface Parts {
  /** See `headGraph`; from the layer, or the input, to the gradient of the layer. */
  readonly 'feature-gradient': Session;
  /** The same of the input. */
  readonly 'input-gradient': Session;
  readonly 'guided-gradient': Session;
  /** See `behindGraph`. */
  readonly features: Session;
  /** See `imageGraph`; undefined for a large model. */
  readonly images: Session | undefined;
  /** [classes, K]; undefined where the model has no linear head. */
  readonly 'linear-head': Float32Array | undefined;
}

export type Part = keyof Parts;

/** What is known of one image whatever the class, kept for another class of it. */
export interface ImageState extends Scores {
  readonly input: PreparedInput;
  /** The target layer's output, in its own arrangement. */
  readonly activations: Float32Array;
  readonly features: FeatureMaps;
  readonly backgrounds: { [B in Background]?: Backdrop };
}

/** What takes the image's place where a mask hides it. */
export interface Backdrop {
  readonly tensor: Tensor;
  /** Kernel and sigma of the blur. */
  readonly key: string;
  /** Of the backdrop itself, once it was scored. */
  scores: Scores | undefined;
}

/** True if the head starts at the layer, and needs no pass through the whole network. */
export function isCut(info: ModelInfo, layer: string): boolean {
  return info.layers.some(({ tensor, cut }) => tensor === layer && cut);
}

export function layerOf({ info }: Explainer): LayerInfo {
  return info.layers.find(({ tensor }) => tensor === info.layer.value)!;
}
