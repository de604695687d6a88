/**
 * What the extension asks of the engine: one table from which both sides derive their types.
 * Paths and small results cross the process boundary, never a model's bytes.
 */
import type { Region } from '../core/annotations/annotations';
import type { Size } from '../core/geometry';
import type { MethodChoice } from '../core/methods/choice';
import type { Curve, MeasuredMap, Measurement, Metric, MetricChoice } from '../core/metrics/measurement';
import type { ModelInfo } from '../core/model/info';
import type { Frame } from '../core/saliency';
import type { Randomisation, SanityProgress, SanityResult } from '../core/sanity/types';
import type { HeatStyle } from '../core/style';
import type { DeviceChoice } from './devices';
import type { Explanation } from './explanation';

/** What long work looks at between its chunks; an AbortSignal is one. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** Raised with every change of the messages below; both sides must have the same. */
export const PROTOCOL_VERSION = 10;

/** A file, or the bytes of a document that is in no local file. */
export type ImageSource =
  | { readonly path: string }
  | { readonly bytes: Uint8Array; readonly name: string }
  /** A preprocessed input as .npy, float32 [1,C,H,W], [1,H,W,C]. */
  | { readonly tensor: string };

/** A file as it was when it was read; the size is undefined if there was none. */
export interface FileStamp {
  readonly path: string;
  readonly size: number | undefined;
  /** In milliseconds. */
  readonly mtime: number;
}

/** A model, and what the user chose in place of its conventions. No path: the embedded demo model. */
export interface ModelChoice {
  readonly path?: string;
  /** The target layer, or several, whose maps `explain` averages; `inspect` describes the model by the last. */
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
  /** `among`: the most probable of these classes, at least one. */
  readonly target: ClassChoice | { readonly among: readonly number[] };
  /** Classes that the evidence is to be against: why the target, and not these. */
  readonly contrast?: readonly Exclude<ClassChoice, 'top'>[];
  /** How much of their mean score is subtracted, Finer-CAM's alpha; 1 if left out. */
  readonly contrastWeight?: number;
  readonly device: DeviceChoice;
  /** How many of the most probable classes to list. */
  readonly top: number;
}

export interface MeasureParams {
  /** A newer request with the same view cancels the older one. */
  readonly view: string;
  /** Whose map is measured, for its class, on the device that made it. */
  readonly explanation: Explanation;
  /** What was explained, by the same model. */
  readonly image: ImageSource;
  readonly model: ModelChoice;
  readonly metrics: readonly MetricChoice[];
  /** In the order in which they are measured. */
  readonly maps: readonly MeasuredMap[];
  /** Of the random map. */
  readonly seed: number;
  /** Whether the pictures at the ends of curves are wanted. */
  readonly pictures: boolean;
  /** Objects of the class, in pixels of the original, upright image; without them a metric that needs them gives nothing. */
  readonly regions?: readonly Region[];
}

export interface MeasureProgress {
  readonly map: MeasuredMap;
  readonly metric: Metric;
  /** Share of the whole request that is done, 0 to 1. */
  readonly share: number;
  /** As far as it is known. */
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
  /** How many depths of the network at most, from the logits alone to all layers. */
  readonly steps: number;
  /** All is done once for each. */
  readonly seeds: readonly number[];
}

export interface DeviceReport {
  readonly device: DeviceChoice;
  readonly available: boolean;
  /** What it is, or why it is not available and how to get it. */
  readonly detail: string;
}

export const RENDER_KINDS = ['overlay', 'heatmap', 'npy', 'json'] as const;
export type RenderKind = (typeof RENDER_KINDS)[number];

export interface Requests {
  /** Everything known about a model before it explains an image. */
  inspect: { params: { model: ModelChoice }; result: ModelInfo; events: Record<never, never> };
  /** `files`: all that the explanation rests on, told before it is made. */
  explain: {
    params: ExplainParams;
    result: Explanation;
    events: { frame: Frame; files: readonly FileStamp[] };
  };
  /**
   * Scores and curves of an explanation's map. Explanations asked for meanwhile go first: it waits between two chunks. `measured` comes
   * with each map that is done, and tells all that is known by then.
   */
  measure: {
    params: MeasureParams;
    result: Measurement;
    events: { progress: MeasureProgress; measured: Measurement };
  };
  /** How maps change once the network's weights are re-randomised; each map is told as it comes. */
  sanity: { params: SanityParams; result: SanityResult; events: { map: SanityProgress } };
  /** d logit / d tensor for one preprocessed input, at batch 1; without `wrt` with respect to the input. */
  gradient: {
    params: { model: ModelChoice; image: ImageSource; target: Exclude<ClassChoice, 'top'>; wrt?: string };
    result: { tensor: string; shape: readonly number[]; data: Float32Array };
    events: Record<never, never>;
  };
  /** An image as a webview can show it: PNG bytes, upright, its longer side at most `longest` pixels. */
  picture: {
    params: { image: ImageSource; longest?: number };
    result: { png: Uint8Array; shown: Size; image: Size };
    events: Record<never, never>;
  };
  /**
   * Gives an explanation as a file's bytes, or writes them to `output`: over what the user has agreed to replace, but neither over
   * the image nor over a file of the model, nor over one of `inputs`.
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
    events: Record<never, never>;
  };
  /** Every device of the setting, whether it can be used here, and why not. */
  devices: { params: Record<never, never>; result: readonly DeviceReport[]; events: Record<never, never> };
  /** Writes the sidecar beside the model, with what is in use now; over one that is there only with `replace`. */
  saveSidecar: {
    params: { model: ModelChoice; replace?: boolean };
    result: { path: string };
    events: Record<never, never>;
  };
}

export type RequestName = keyof Requests;
export type Params<N extends RequestName> = Requests[N]['params'];
export type Result<N extends RequestName> = Requests[N]['result'];
export type Events<N extends RequestName> = Requests[N]['events'];

/** How the engine answers one request. `signal` is checked between chunks; `emit` streams events to the caller. */
export interface RequestContext<N extends RequestName> {
  readonly signal: CancelSignal;
  emit<E extends keyof Events<N>>(event: E, data: Events<N>[E]): void;
}
export type Service = {
  [N in RequestName]: (params: Params<N>, context: RequestContext<N>) => Promise<Result<N>>;
};
