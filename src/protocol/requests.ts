/**
 * The requests of the extension to the engine: one table, from which both sides derive their types. Only paths and
 * small results are sent between the processes, never a model's bytes.
 */
import type { Region } from '../core/annotations/annotations';
import type { ImageTransform, Size } from '../core/geometry';
import type { MethodChoice } from '../core/methods/choice';
import type { Curve, MeasuredMap, Measurement, Metric, MetricChoice } from '../core/metrics/measurement';
import type { ModelInfo } from '../core/model/info';
import type { Frame } from '../core/saliency';
import type { Randomisation, SanityProgress, SanityResult } from '../core/sanity/types';
import type { HeatStyle } from '../core/style';
import type { LayoutParams, TransplantAnswer, Transplants } from './clusters/transplant';
import type { Device, DeviceChoice, DeviceReport } from './devices';
import type { Explanation, ExportChoice, Exported, UsedWay } from './explanation';
import type { FailedImage, SweepImage, SweptImage } from './sweep/images';
import type { ContextOf, Peer, ServiceOf } from './table';
import type { Trained, Training, TrainingEvents } from './training';

export type { FailedImage, SweepImage, SweptImage } from './sweep/images';
export type { CancelSignal } from './table';

/** The version of the protocol, which both sides must share. Raise it with every change of the messages below. */
export const PROTOCOL_VERSION = 26;
export const ENGINE: Peer = { name: 'engine', version: PROTOCOL_VERSION };

/** A file, or the bytes of a document that is not a local file. */
export type ImageSource =
  | { readonly path: string }
  | { readonly bytes: Uint8Array; readonly name: string }
  | { /** A preprocessed input as .npy, float32 [1,C,H,W], [1,H,W,C]. */ readonly tensor: string };

/** The state of a file when it was read; the size is undefined if the file did not exist. */
export interface FileStamp {
  readonly path: string;
  readonly size: number | undefined;
  /** Modification time in milliseconds. */
  readonly mtime: number;
}

/** A model, with the user's choices that override its conventions. Without a path it is the embedded demo model. */
export interface ModelChoice {
  readonly path?: string;
  /** The target layer, or several layers, whose maps `explain` averages. `inspect` uses the last one. */
  readonly layer?: string | readonly string[];
  readonly labels?: string;
  /** The tensor that holds the class scores. */
  readonly output?: string;
}

/** `top`: the class with the highest probability. */
export type ClassChoice = 'top' | { readonly index: number } | { readonly label: string };

export interface ExplainParams extends MethodChoice {
  /** A newer request with the same view cancels the older one. */
  readonly view: string;
  readonly image: ImageSource;
  readonly model: ModelChoice;
  /** Asks for the map that an exported model makes itself; method, options and layer are then the model's. */
  readonly own?: true;
  /** `among` means the most probable of these classes; the list must not be empty. */
  readonly target: ClassChoice | { readonly among: readonly number[] };
  /** For a contrast: the other classes. The explanation says why the target rather than these. */
  readonly contrast?: readonly Exclude<ClassChoice, 'top'>[];
  /** For a contrast: the factor of the others' mean score, which is subtracted (Finer-CAM's alpha); 1 by default. */
  readonly contrastWeight?: number;
  readonly device: DeviceChoice;
  /** How many of the most probable classes to list. */
  readonly top: number;
}

export interface MeasureParams {
  /** A newer request with the same view cancels the older one. */
  readonly view: string;
  /** The explanation whose map is measured, for its class and on its device. */
  readonly explanation: Explanation;
  /** The image that was explained, by the same model. */
  readonly image: ImageSource;
  readonly model: ModelChoice;
  readonly metrics: readonly MetricChoice[];
  /** The maps to measure, in this order. */
  readonly maps: readonly MeasuredMap[];
  /** Seed of the random map. */
  readonly seed: number;
  /** Whether the result includes the pictures at the ends of curves. */
  readonly pictures: boolean;
  /**
   * Objects of the class, in pixels of the original, upright image. Without them, metrics that need them give no score.
   */
  readonly regions?: readonly Region[];
}

export interface MeasureProgress {
  readonly map: MeasuredMap;
  readonly metric: Metric;
  /** Progress of the whole request, 0 to 1. */
  readonly share: number;
  /** The curve as far as it has been computed. */
  readonly curve?: Curve;
}

export interface SanityParams {
  /** A newer request with the same view cancels the older one. */
  readonly view: string;
  readonly image: ImageSource;
  readonly model: ModelChoice;
  readonly target: ClassChoice;
  readonly device: DeviceChoice;
  readonly methods: readonly MethodChoice[];
  readonly randomisations: readonly Randomisation[];
  /** The largest number of depths, from the layer of the logits alone to all layers. */
  readonly steps: number;
  /** Seeds; the whole check is repeated for each. */
  readonly seeds: readonly number[];
}

export interface SweepParams {
  readonly model: ModelChoice;
  readonly device: DeviceChoice;
  readonly images: readonly SweepImage[];
  /** By the index of a class: the categories of the objects that show it. Others have no objects. */
  readonly categories?: Readonly<Record<number, readonly string[]>>;
  /** How many of the most probable classes an answer lists. */
  readonly top: number;
  /** Longer side of thumbnails, in pixels; without it none are made. */
  readonly thumbnail?: number;
  /** Without maps there are only predictions, embeddings and thumbnails. */
  readonly maps: boolean;
}

/** A picture of a contact sheet. */
export interface SheetTile {
  readonly title: string;
  readonly lines: readonly string[];
  readonly image: Exclude<ImageSource, { readonly tensor: string }>;
  /** Drawn over the image. */
  readonly frame?: Frame;
}

export const RENDER_KINDS = ['overlay', 'heatmap', 'npy', 'npy-image', 'json'] as const;
export type RenderKind = (typeof RENDER_KINDS)[number];

type None = Record<never, never>;

/** Tells that a request waits for another view, and that it goes on. */
interface Waits {
  readonly isWaiting: boolean;
}

export interface Requests {
  /** Everything known about a model before it explains an image. `files`: all that were read, or looked for. */
  inspect: { params: { model: ModelChoice }; result: ModelInfo; events: { files: readonly FileStamp[] } };
  /**
   * The event `files` names all files that the explanation depends on, before it is computed.
   */
  explain: {
    params: ExplainParams;
    result: Explanation;
    events: { frame: Frame; files: readonly FileStamp[]; waits: Waits };
  };
  /**
   * Says that the user looks at this view now: what is asked for it goes first, between two chunks of whatever else has begun.
   */
  attend: { params: { readonly view: string }; result: None; events: None };
  /**
   * Scores and curves of an explanation's map. Explanations of the view that are requested in the meantime go first, between
   * two chunks of this request. The event `measured` is sent after each map, with all results so far.
   */
  measure: {
    params: MeasureParams;
    result: Measurement;
    events: { progress: MeasureProgress; measured: Measurement; waits: Waits };
  };
  /** How maps change when the network's weights are re-randomised. Each map is sent as soon as it is computed. */
  sanity: { params: SanityParams; result: SanityResult; events: { map: SanityProgress; waits: Waits } };
  /**
   * Predictions of many images in batches, with embeddings and Grad-CAM maps. Answers are sent in the order of the
   * images. Explanations that are requested in the meantime go first, between two batches.
   */
  sweep: {
    params: SweepParams;
    /** `device`: the one that has computed the last of them. `way`: how its maps were made, if that was measured. */
    result: { readonly images: number; readonly device: Device; readonly way?: UsedWay['used'] };
    events: { swept: SweptImage; failed: FailedImage };
  };
  /**
   * What the network takes images for after cells of them were replaced by those of other images, or blurred. Images that
   * can't be read or run are left out. Explanations that are requested in the meantime go first, between two batches.
   */
  transplant: {
    params: Transplants & { readonly model: ModelChoice; readonly device: DeviceChoice };
    result: TransplantAnswer;
    events: { progress: { readonly share: number } };
  };
  /**
   * Fine-tunes the model on images. What was cancelled or killed goes on from its checkpoint when it is asked for again, and
   * tells its epochs once more. Explanations go first, between two steps.
   */
  train: {
    params: Training & { readonly model: ModelChoice; readonly device: DeviceChoice };
    result: Trained;
    events: TrainingEvents;
  };
  /** Places of points on a plane, by UMAP. It needs no model. */
  layout: { params: LayoutParams; result: { readonly places: Float32Array }; events: None };
  /** Mean of pictures, each brought to side x side as the network's input lies on it; RGB. */
  meanPicture: {
    params: {
      readonly pictures: readonly { readonly bytes: Uint8Array; readonly transform: ImageTransform }[];
      readonly inputSize: Size;
      readonly side: number;
    };
    result: { readonly rgb: Uint8Array; readonly pictures: number };
    events: None;
  };
  /** d logit / d tensor for one preprocessed input, at batch 1; without `wrt` with respect to the input. */
  gradient: {
    params: { model: ModelChoice; image: ImageSource; target: Exclude<ClassChoice, 'top'>; wrt?: string };
    result: { tensor: string; shape: readonly number[]; data: Float32Array };
    events: None;
  };
  /**
   * An image as a webview can show it: upright, as PNG, with a longer side of at most `longest` pixels. With `first`, explanations
   * wait for it between two chunks.
   */
  picture: {
    params: { image: ImageSource; longest?: number; first?: true };
    result: { png: Uint8Array; shown: Size; image: Size };
    events: None;
  };
  /**
   * Returns an explanation as the bytes of a file, or writes them to `output`. A file there is replaced, since the user has
   * agreed, but never the image, a file of the model or one of `inputs`.
   */
  render: {
    params: {
      kind: RenderKind;
      explanation: Explanation;
      image: ImageSource;
      style: HeatStyle;
      output?: string;
      inputs?: readonly string[];
    };
    result: { bytes?: Uint8Array };
    events: None;
  };
  /** Writes a contact sheet as PNG, by the rules of `render`. A picture that can't be read has a note in its place. */
  sheet: {
    params: {
      readonly tiles: readonly SheetTile[];
      readonly style: HeatStyle;
      readonly output: string;
      readonly inputs: readonly string[];
    };
    result: { readonly tiles: number };
    events: None;
  };
  /** Writes a model that makes its own saliency maps, after a comparison of these with the engine's. */
  export: { params: ExportChoice & { model: ModelChoice }; result: Exported; events: None };
  /** Reports every device of the setting: whether it can be used, and why not. */
  devices: { params: None; result: readonly DeviceReport[]; events: None };
  /** Writes the sidecar beside the model, with the settings in use; over an existing one only with `replace`. */
  saveSidecar: { params: { model: ModelChoice; replace?: boolean }; result: { path: string }; events: None };
}

export type RequestName = keyof Requests;
export type Params<N extends RequestName> = Requests[N]['params'];
export type Result<N extends RequestName> = Requests[N]['result'];
export type Events<N extends RequestName> = Requests[N]['events'];

export type RequestContext<N extends RequestName> = ContextOf<Requests, N>;
export type Service = ServiceOf<Requests>;
