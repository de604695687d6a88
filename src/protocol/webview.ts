/**
 * Messages between the extension and its webviews; the direction is in the type's name. What a webview sends is untrusted, since
 * it shows what files and models say: each such message is held against a schema, and its type is made of that.
 */
import * as v from 'valibot';
import type { ErrorCode } from '../core/errors';
import type { Size } from '../core/geometry';
import type { Measurement } from '../core/metrics/measurement';
import type { ClassScore } from '../core/output';
import type { Frame } from '../core/saliency';
import type { SanityMap } from '../core/sanity/types';
import { COLORMAPS, type HeatStyle } from '../core/style';
import { RENDER_KINDS } from './requests';

/** What a webview can load: an address it may fetch, or PNG bytes for what browsers can't show. */
export type Picture = { readonly uri: string } | { readonly png: Uint8Array };

/** Ids of the buttons under messages. */
export const ACTION_IDS = [
  'choose-model',
  'choose-layer',
  'choose-class',
  'choose-device',
  'choose-method',
  'compare',
  'retry',
  'show-log',
  'trust',
  'gradient-free',
] as const;
export type ActionId = (typeof ACTION_IDS)[number];

/** A button under a message. */
export interface Action {
  readonly id: ActionId;
  readonly title: string;
}

/** Facts about one finished explanation, for the line under the image. */
export interface Summary {
  readonly class: ClassScore;
  readonly method: string;
  readonly layer: string;
  /** Empty for the mean of several layers. */
  readonly layerShape: readonly number[];
  readonly activation: string;
  readonly model: string;
  readonly device: string;
  readonly milliseconds: number;
  readonly passes: number;
  /** True if it was computed before, for the same question. */
  readonly kept?: boolean;
  /** Set when the map is blank: why. */
  readonly blank?: string;
  /** What has to be known to read the map, in words. */
  readonly note?: string;
  /** What was assumed about the model, in words. */
  readonly assumptions: readonly string[];
}

export type SlotState =
  | { readonly kind: 'working'; readonly text: string; readonly done: number; readonly total: number }
  /** `actions`: of a blank map. */
  | { readonly kind: 'done'; readonly summary: Summary; readonly actions?: readonly Action[] }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly actions: readonly Action[];
    };

/** By what the explanations that are compared differ. */
export type ComparedBy = 'methods' | 'layers' | 'classes' | 'models';

/** One heatmap of the panel. Several are shown side by side; of two classes also their difference. */
export interface Slot {
  /** The class as it is called in the interface, such as "dog" or "top class"; in a comparison by something else, that. */
  readonly title: string;
  /** The title in full, where it is cut short. */
  readonly hint?: string;
  /** Of one of several models, if it explains another class than the others: why, in words that follow its name. */
  readonly differs?: string;
  readonly state: SlotState;
  readonly frame?: Frame;
}

/** Where the work on a piece of evidence stands. */
export type EvidenceWork =
  | { readonly kind: 'waiting' }
  /** `share`: from 0 to 1. */
  | { readonly kind: 'working'; readonly text: string; readonly share: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string };

/** How good a map is, beside maps that know nothing, as far as it is known. */
export interface ShownMeasurement extends Pick<Measurement, 'maps' | 'scores' | 'pictures'> {
  readonly work: EvidenceWork;
  /** Which measures are left out, and why, in a sentence; empty if none is. */
  readonly note: string;
}

/** Maps of the network with its weights re-randomised, as far as there are. */
export interface ShownCheck {
  readonly work: EvidenceWork;
  readonly maps: readonly SanityMap[];
  /** In a sentence. */
  readonly verdict?: string;
}

/** What is known about how good a slot's map is; each part once it was asked for. */
export interface Evidence {
  readonly measurement?: ShownMeasurement;
  readonly sanity?: ShownCheck;
}
export type EvidencePart = keyof Evidence;

/** Of several images one; the page asks for thumbnails as it needs them. */
export interface StripItem {
  readonly name: string;
  readonly state: 'waiting' | 'working' | 'done' | 'failed' | 'cancelled';
}

/** The image in front, and what is shown of it. */
export interface ShownImage {
  /** Which of the strip. */
  readonly active: number;
  readonly name: string;
  readonly picture: Picture | undefined;
  /** Upright size of the original, in pixels. */
  readonly size: Size | undefined;
  readonly slots: readonly Slot[];
  /** Of each slot. */
  readonly evidence: readonly Evidence[];
  /** Undefined for one slot alone. */
  readonly comparedBy: ComparedBy | undefined;
}

/** Everything an explanation panel shows; sent whole when the webview is ready or becomes visible again. */
export interface EditorState extends ShownImage {
  /** What is asked of each image, as text that the page keeps over a reload of the window and gives back when ready. */
  readonly questions: string;
  /** More than one image: the queue, shown as thumbnails. */
  readonly strip: readonly StripItem[];
  /** As the settings say, but for what the user has changed since. */
  readonly style: HeatStyle;
  /** The slot that exports and facts are of. */
  readonly focused: number;
  /** Shown when the embedded demo model is in use. */
  readonly demo: boolean;
}

/** Each is of what has changed alone, so that the work on many images costs no more for each of them than on one. */
export type ToEditor =
  | { readonly type: 'state'; readonly state: EditorState }
  /** Another image is in front, or has its picture, or is asked something else. */
  | { readonly type: 'image'; readonly image: ShownImage }
  | { readonly type: 'changed'; readonly change: Partial<Pick<EditorState, 'questions' | 'style' | 'demo'>> }
  /** Newest wins. Of frames none is sent before the page has drawn the last one. */
  | { readonly type: 'slot'; readonly index: number; readonly slot: Slot }
  /** The parts that have changed; `null`, which unlike `undefined` is sent, takes the place of what is no longer true. */
  | {
      readonly type: 'evidence';
      readonly index: number;
      readonly evidence: { readonly [P in EvidencePart]?: Evidence[P] | null };
    }
  /** Images of the strip whose state has changed. */
  | {
      readonly type: 'tiles';
      readonly tiles: readonly { readonly index: number; readonly state: StripItem['state'] }[];
    }
  /** Thumbnails of these may be others now, or may be made now that could not be before. */
  | { readonly type: 'thumbnails-changed'; readonly indices: readonly number[] }
  /** Settles the request of that id, which stands for its type and so for that of the result. */
  | { readonly type: 'reply'; readonly id: string; readonly result: PageResults[PageRequest['type']] }
  /** In words. */
  | { readonly type: 'failure'; readonly id: string; readonly message: string }
  /** A command of the palette or a key binding; done once there is what it acts on. */
  | { readonly type: 'command'; readonly command: PageCommand }
  /** What has come of an action, shown in the status line. */
  | { readonly type: 'notice'; readonly text: string };

export type PageCommand = 'toggle-heat' | 'zoom-fit' | 'zoom-actual' | 'copy' | 'measure';

const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const COUNTS = v.pipe(v.array(COUNT), v.maxLength(100_000), v.readonly());
const SHARE = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const LINE = v.pipe(v.string(), v.maxLength(10_000));

export const HEAT_STYLE = v.object({
  colormap: v.picklist(COLORMAPS),
  opacity: SHARE,
  threshold: SHARE,
  contour: v.boolean(),
}) satisfies v.GenericSchema<unknown, HeatStyle>;

const EVIDENCE_PART = v.picklist(['measurement', 'sanity']) satisfies v.GenericSchema<unknown, EvidencePart>;

/** A message without anything but its type. */
const bare = <Type extends string>(type: Type) => v.object({ type: v.literal(type) });

/** What a page asks for and waits on; it gets one reply or one failure, unless it is gone by then. */
const PAGE_REQUEST = v.variant('type', [
  /** Of an image of the strip. A page waits for one at a time, so that it can choose the next by what is on screen then. */
  v.object({ type: v.literal('thumbnail'), index: COUNT }),
  /** Of the slot in focus. */
  v.object({ type: v.literal('export'), kind: v.picklist(RENDER_KINDS) }),
]);
export type PageRequest = v.InferOutput<typeof PAGE_REQUEST>;

export interface PageResults {
  readonly thumbnail: Picture;
  /** What has come of it, in words; undefined if the user has been told, or has changed their mind. */
  readonly export: string | undefined;
}

export const FROM_EDITOR = v.variant('type', [
  /** All as it was when the page was last shown, for a host that knows nothing of that. */
  v.object({
    type: v.literal('ready'),
    questions: v.exactOptional(v.string()),
    style: v.exactOptional(HEAT_STYLE),
    focused: v.exactOptional(COUNT),
  }),
  /** The user has changed it. The host holds it, and tells it again when another page is made. */
  v.object({ type: v.literal('style'), style: HEAT_STYLE }),
  v.object({ type: v.literal('focused'), slot: COUNT }),
  bare('cancel'),
  /** What was cancelled goes on. */
  bare('resume'),
  v.object({ type: v.literal('select'), index: COUNT }),
  /** The id is of no other request, of this page or of one before. */
  v.object({ type: v.literal('request'), id: v.pipe(v.string(), v.uuid()), request: PAGE_REQUEST }),
  /** The frame that was sent last is on screen. */
  bare('drawn'),
  /** One part of the evidence about some slots, in this order. */
  v.object({ type: v.literal('evidence'), part: EVIDENCE_PART, slots: COUNTS }),
  v.object({ type: v.literal('cancel-evidence'), part: EVIDENCE_PART }),
  /** The comparison ends with the explanation in focus. */
  bare('alone'),
  v.object({ type: v.literal('action'), id: v.picklist(ACTION_IDS) }),
  /** The picture's address holds nothing that the browser can decode; it needs the engine's PNG. */
  bare('unshowable'),
  /** A message for the user that the webview can't show itself, such as a failed copy. */
  v.object({ type: v.literal('error'), message: LINE }),
  /** A line for the log, about something that the user need not know. */
  v.object({ type: v.literal('log'), text: LINE }),
]);
export type FromEditor = v.InferOutput<typeof FROM_EDITOR>;

/** Everything the Classes view shows. */
export interface ClassesState {
  readonly model: string;
  readonly demo: boolean;
  readonly activation: string;
  readonly labels: readonly string[];
  /** p of every class on the active image, when it is known. */
  readonly probabilities: Float32Array | undefined;
  /** The image that a click explains; undefined when no explanation is open. */
  readonly image: string | undefined;
  /** Classes shown now: one, or those that are compared. */
  readonly shown: readonly number[];
  /** A line in place of the list: what is missing and what to do. */
  readonly message: string | undefined;
}

export type ToClasses = { readonly type: 'state'; readonly state: ClassesState };

export const FROM_CLASSES = v.variant('type', [
  bare('ready'),
  v.object({ type: v.literal('explain'), class: COUNT }),
  /** Ticked classes are compared. */
  v.object({ type: v.literal('compare'), classes: COUNTS }),
]);
export type FromClasses = v.InferOutput<typeof FROM_CLASSES>;
