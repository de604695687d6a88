/** What is known about a model before an image is explained. */
import type { OutputInfo } from '../output';
import type { Sourced } from '../sourced';
import type { Preprocessing } from './preprocessing';

export interface TensorInfo {
  readonly name: string;
  /** ONNX's name of the element type in lower case, such as float or int64. */
  readonly dtype: string;
  /** Sizes, or the names of free dimensions. */
  readonly shape: readonly (number | string)[];
}

/** A layer that can be explained: a tensor with rows and columns that every class score depends on. */
export interface LayerInfo {
  readonly tensor: string;
  readonly operator: string;
  /** Shape at batch 1. */
  readonly shape: readonly number[];
  /** Channels, rows, columns. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /**
   * The order of the axes: [1, K, height, width], [1, height, width, K], or tokens [1, T, K], of which height * width consecutive ones are the
   * patches, row by row.
   */
  readonly arrangement: 'NCHW' | 'NHWC' | 'tokens';
  /** Number of tokens before the first patch, such as a class token or registers. */
  readonly skip: number;
  /** True if every path from the input to the scores runs through this tensor. */
  readonly cut: boolean;
}

export interface InputInfo {
  readonly name: string;
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: number;
  /** The input's own dimensions for one image, where they are not those of `layout`. */
  readonly shape?: readonly number[];
  /** True if a run takes no more than one image. */
  readonly single?: true;
}

/** What `inspect` finds; everything here is known before an image is explained. */
export interface ModelInfo {
  readonly path: string;
  readonly name: string;
  /** True for the embedded demo model. */
  readonly demo: boolean;
  readonly bytes: number;
  readonly irVersion: number;
  readonly opset: number;
  readonly producer: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly input: InputInfo;
  readonly preprocessing: Preprocessing;
  readonly output: OutputInfo;
  /** One label for each class; a class without a name has its index as label. */
  readonly labels: Sourced<readonly string[]>;
  readonly labelsFile?: string;
  /** Files besides the model's own that hold its weights. */
  readonly weightsFiles: readonly string[];
  /** Empty for a network without a map that every class score depends on. */
  readonly layers: readonly LayerInfo[];
  /** The name of a layer; the input's if there is none. */
  readonly layer: Sourced<string>;
  /** Operators between the input and the scores that have no gradient rule. */
  readonly unsupported: readonly { readonly operator: string; readonly node: string }[];
  /** What an exported model says of the map that it makes itself, by key. */
  readonly exported?: Readonly<Record<string, string>>;
  /** What an exported model has besides the inputs and outputs of the model in it: its map, and the class to explain. */
  readonly ownTensors?: { readonly inputs: readonly TensorInfo[]; readonly outputs: readonly TensorInfo[] };
  /** What had to be assumed because no source says it, in words. */
  readonly assumptions: readonly string[];
}

/** The layer in use. A network without one has the image itself in its place, which only masks of its size need. */
export function layerInUse(info: ModelInfo): LayerInfo {
  return info.layers.find(({ tensor }) => tensor === info.layer.value) ?? inputAsLayer(info);
}

/**
 * The layer whose values alone tell those of the layer in use and the scores: the layer itself, the last one before it that every
 * path to the scores runs through, or the input. What is asked about the layer needs no part of the network before it.
 */
export function startInUse(info: ModelInfo): LayerInfo {
  const layer = layerInUse(info);
  if (layer.cut) return layer;
  return info.layers.slice(0, info.layers.indexOf(layer)).findLast(({ cut }) => cut) ?? inputAsLayer(info);
}

function inputAsLayer({ input, preprocessing }: ModelInfo): LayerInfo {
  const { layout, channels } = input;
  const [height, width] = [preprocessing.height.value, preprocessing.width.value];
  return {
    tensor: input.name,
    operator: 'input',
    shape: layout === 'NCHW' ? [1, channels, height, width] : [1, height, width, channels],
    channels,
    height,
    width,
    arrangement: layout,
    skip: 0,
    cut: true,
  };
}
