/** Data that several stages share. Arrays are row-major; sizes are in pixels. */
import type { OutputInfo, ShownActivation } from './output';

/** What long work looks at between its chunks; an AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the network's input lies on the original, upright image. Axis-aligned, in pixel edges (0 is the left or top
 * border): x_image = x_input * scaleX + offsetX. With `crop` the input covers a part of the image; with `pad` it
 * reaches beyond the image.
 */
export interface ImageTransform {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
  /** The original, after its EXIF orientation. */
  readonly image: Size;
}

/**
 * A running estimate of a method; the last one is the result. Shown is upsample(map) - offset, and of it the ReLU unless the
 * map is `signed`.
 */
export interface MethodFrame {
  /** Passes run so far, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Rows and columns of `map`: the layer's, or the input's. */
  readonly u: number;
  readonly v: number;
  readonly map: Float32Array;
  readonly offset: number;
  /** True if negative values speak against the class and are shown too. */
  readonly signed: boolean;
  /** Magnitude, in the map's units, from which on colours are at their strongest; the largest if left out. */
  readonly saturation?: number;
}

/**
 * A saliency map as it streams. The receiver upsamples it to `inputSize` and scales it by min-max, a signed one by its
 * largest magnitude. See `saliencyOf` in core/saliency.ts.
 */
export interface Frame extends MethodFrame {
  readonly inputSize: Size;
  readonly imageTransform: ImageTransform;
}

/** What every method is called, and where it was published; core/methods/table.ts has what it does. */
export const METHOD_NAMES = {
  'group-cam': { title: 'Group-CAM', paper: 'arXiv 2103.13859' },
  'grad-cam': { title: 'Grad-CAM', paper: 'arXiv 1610.02391' },
  'grad-cam++': { title: 'Grad-CAM++', paper: 'arXiv 1710.11063' },
  'hires-cam': { title: 'HiResCAM', paper: 'arXiv 2011.08891' },
  'layer-cam': { title: 'LayerCAM', paper: 'Jiang et al., IEEE TIP 30, 2021' },
  'xgrad-cam': { title: 'XGrad-CAM', paper: 'arXiv 2008.02312' },
  cam: { title: 'CAM', paper: 'arXiv 1512.04150' },
  'eigen-cam': { title: 'Eigen-CAM', paper: 'arXiv 2008.00299' },
  'score-cam': { title: 'Score-CAM', paper: 'arXiv 1910.01279' },
  'ablation-cam': { title: 'Ablation-CAM', paper: 'Desai and Ramaswamy, WACV 2020' },
  'recipro-cam': { title: 'Recipro-CAM', paper: 'arXiv 2209.14074' },
  rise: { title: 'RISE', paper: 'arXiv 1806.07421' },
  occlusion: { title: 'Occlusion', paper: 'arXiv 1311.2901' },
  gradient: { title: 'Gradient', paper: 'arXiv 1312.6034' },
  'input-x-gradient': { title: 'Input x Gradient', paper: 'arXiv 1605.01713' },
  'guided-backpropagation': { title: 'Guided Backpropagation', paper: 'arXiv 1412.6806' },
  'integrated-gradients': { title: 'Integrated Gradients', paper: 'arXiv 1703.01365' },
  'smooth-grad': { title: 'SmoothGrad', paper: 'arXiv 1706.03825' },
  xrai: { title: 'XRAI', paper: 'arXiv 1906.02825' },
} as const satisfies Record<string, { readonly title: string; readonly paper: string }>;

export type Method = keyof typeof METHOD_NAMES;
export const METHODS = Object.keys(METHOD_NAMES) as readonly Method[];

export const VARIANTS = ['paper', 'official', 'gradient-free'] as const;
export type Variant = (typeof VARIANTS)[number];

export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type DeviceChoice = (typeof DEVICES)[number];
export type Device = Exclude<DeviceChoice, 'auto'>;

export const ACTIVATIONS = ['softmax', 'sigmoid', 'none'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** How an image is brought to the input's proportions; `place` in core/geometry.ts says what each means. */
export const FITS = ['stretch', 'crop', 'pad', 'squash', 'none'] as const;
export type Fit = (typeof FITS)[number];

/** Fits that look at `resize`. */
const RESIZED: ReadonlySet<Fit> = new Set(['crop', 'pad', 'squash']);
export const usesResize = (fit: Fit): boolean => RESIZED.has(fit);

/** Filters of Pillow. */
export const INTERPOLATIONS = ['bilinear', 'bicubic', 'nearest', 'lanczos', 'box', 'hamming'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];

export const COLORS = ['RGB', 'BGR', 'GRAY'] as const;
export type Color = (typeof COLORS)[number];

export const COLORMAPS = ['turbo', 'viridis', 'magma', 'jet', 'grey'] as const;
export type Colormap = (typeof COLORMAPS)[number];

/** How a map is drawn over its image; changing it never asks the engine for another map. */
export interface HeatStyle {
  readonly colormap: Colormap;
  /** 0 to 1. */
  readonly opacity: number;
  /** Normalised saliency below it is not drawn, 0 to 1. */
  readonly threshold: number;
  readonly contour: boolean;
}

export const DEFAULT_STYLE: HeatStyle = { colormap: 'turbo', opacity: 0.55, threshold: 0, contour: false };

export interface MethodOptions {
  readonly method: Method;
  /** Of Group-CAM. */
  readonly variant: Variant;
  /** G: groups of channels, of Group-CAM. */
  readonly groups: number;
  /** theta: percentile, 0 to 100; values not above it are removed from a mask. */
  readonly theta: number;
  /** Gaussian kernel of the blurred image: odd size in pixels, and sigma in pixels. */
  readonly blurKernel: number;
  readonly blurSigma: number;
  /** Further options of the method, by the names that its table gives them; the others have their defaults. */
  readonly own?: OwnOptions;
}

export type OwnOptions = Readonly<Record<string, number | string>>;

/** The paper's settings. */
export const DEFAULT_OPTIONS: MethodOptions = {
  method: 'group-cam',
  variant: 'paper',
  groups: 32,
  theta: 70,
  blurKernel: 51,
  blurSigma: 50,
};

/** A value and where it came from; `assumed` ones are shown as assumptions. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
}
export type Origin = 'chosen' | 'sidecar' | 'hugging-face' | 'metadata' | 'exporter' | 'graph' | 'assumed';

/** How an image becomes the network's input: value = (pixel * scale - mean) / std, per channel in `color`'s order. */
export interface Preprocessing {
  readonly width: Sourced<number>;
  readonly height: Sourced<number>;
  readonly fit: Sourced<Fit>;
  /**
   * Pixels before the centre crop: with `crop` of the image's shorter side, with `squash` and `pad` of the shorter side of
   * what the image is scaled to or into, which has the input's proportions.
   */
  readonly resize: Sourced<number>;
  readonly interpolation: Sourced<Interpolation>;
  readonly color: Sourced<Color>;
  readonly scale: Sourced<number>;
  readonly mean: Sourced<readonly number[]>;
  readonly std: Sourced<readonly number[]>;
}

export interface TensorInfo {
  readonly name: string;
  /** ONNX's name of the element type in lower case, such as float or int64. */
  readonly dtype: string;
  /** Numbers, or names of dimensions that are free. */
  readonly shape: readonly (number | string)[];
}

/** A tensor with rows and columns that every class score depends on. */
export interface LayerInfo {
  readonly tensor: string;
  readonly operator: string;
  /** Shape at batch 1. */
  readonly shape: readonly number[];
  /** Channels, rows, columns. */
  readonly channels: number;
  readonly u: number;
  readonly v: number;
  /** The order of its axes: [1, K, u, v], [1, u, v, K], or tokens [1, T, K] of which u v are the patches, row by row. */
  readonly arrangement: 'NCHW' | 'NHWC' | 'tokens';
  /** Tokens before the first patch: a class token, registers. */
  readonly skip: number;
  /** True if every path from the input to the scores runs through this tensor. */
  readonly cut: boolean;
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
  readonly input: { readonly name: string; readonly layout: 'NCHW' | 'NHWC'; readonly channels: number };
  readonly preprocessing: Preprocessing;
  readonly output: OutputInfo;
  /** One per class; a class without a name is called by its index. */
  readonly labels: Sourced<readonly string[]>;
  readonly labelsFile?: string;
  /** Files besides the model's own that hold its weights. */
  readonly weightsFiles: readonly string[];
  readonly layers: readonly LayerInfo[];
  readonly layer: Sourced<string>;
  /** Operators between the input and the scores that have no gradient rule. */
  readonly unsupported: readonly { readonly operator: string; readonly node: string }[];
  /** What was assumed for want of a source, in words. */
  readonly assumptions: readonly string[];
}

export interface ClassScore {
  readonly class: number;
  readonly label: string;
  readonly probability: number;
}

/** One explanation: how it was made and what came out. */
export interface Explanation {
  readonly image: string;
  readonly model: string;
  readonly method: Method;
  readonly variant: Variant;
  /** `own` has all of the method's options, with their values. */
  readonly options: MethodOptions;
  /** The target layer; of several, whose maps were averaged, their names with " + " between. */
  readonly layer: string;
  /** Classes that the evidence is against, if it is for the class rather than for these. */
  readonly contrast?: readonly ClassScore[];
  /** How much of their mean score is subtracted. */
  readonly contrastWeight?: number;
  readonly class: number;
  readonly label: string;
  readonly probability: number;
  readonly activation: ShownActivation;
  readonly top: readonly ClassScore[];
  /** p of every class on the image. */
  readonly probabilities: Float32Array;
  /** The final map. */
  readonly frame: Frame;
  /**
   * Before normalisation, at the input's size. In words, of a blank map `reason` says why it is, of another `note` what has to be
   * known to read it, such as that it shows evidence against the class for want of any for it.
   */
  readonly saliency: {
    readonly min: number;
    readonly max: number;
    readonly zero: boolean;
    readonly reason?: string;
    readonly note?: string;
  };
  /** alpha_l, one a mask; a constant mask has 0. */
  readonly scores: Float32Array;
  /** Of Integrated Gradients: what the attributions sum to, and the difference of logits that they should sum to. */
  readonly completeness?: { readonly sum: number; readonly difference: number };
  readonly milliseconds: {
    readonly load: number;
    readonly decode: number;
    /** From the start of the request to the first frame. */
    readonly first: number;
    readonly total: number;
  };
  /** The provider that really ran. */
  readonly device: Device;
  /** Forward passes run for this explanation. */
  readonly passes: number;
}
