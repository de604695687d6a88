/**
 * Messages between the extension and its webviews; the direction is in the type's name. Messages from a webview are
 * untrusted, since it shows content of files and models. Each is validated by a schema, from which its type is derived.
 */
import * as v from 'valibot';
import type { ErrorCode } from '../core/error-codes';
import type { Size } from '../core/geometry';
import type { Measurement } from '../core/metrics/measurement';
import type { ClassScore } from '../core/output';
import type { Frame } from '../core/saliency';
import type { SanityMap } from '../core/sanity/types';
import { COLORMAPS, type HeatStyle } from '../core/style';
import { RENDER_KINDS } from './requests';

/** A picture that a webview can load: an address that it may fetch, or PNG bytes if browsers can't show the file. */
export type Picture = { readonly uri: string } | { readonly png: Uint8Array };

/** Ids of the buttons below messages. */
export const ACTION_IDS = [
  'choose-model',
  'previous-model',
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

/** A button below a message. */
export interface Action {
  readonly id: ActionId;
  readonly title: string;
}

/** Facts about a finished explanation, for the line below the image. */
export interface Summary {
  readonly class: ClassScore;
  readonly method: string;
  /** Absent for a method that uses none. */
  readonly layer?: string;
  /** The layer's shape; empty for the mean of several layers. */
  readonly layerShape: readonly number[];
  readonly activation: string;
  readonly model: string;
  readonly device: string;
  readonly milliseconds: number;
  readonly passes: number;
  /** True if the map comes from the cache. */
  readonly kept?: boolean;
  /** Of a map that the model makes itself: how far it is from the one that is computed here, in words. */
  readonly own?: string;
  /** The reason if the map is blank. */
  readonly blank?: string;
  /** What a reader of the map has to know, in words. */
  readonly note?: string;
  /** What was assumed about the model, in words. */
  readonly assumptions: readonly string[];
}

export type SlotState =
  | { readonly kind: 'working'; readonly text: string; readonly done: number; readonly total: number }
  /** `actions` are those for a blank map. */
  | { readonly kind: 'done'; readonly summary: Summary; readonly actions?: readonly Action[] }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly actions: readonly Action[];
    };

/** What a comparison compares. */
export type ComparedBy = 'methods' | 'layers' | 'classes' | 'models';

/** One heatmap of the panel. Several are shown side by side; for two classes their difference is shown too. */
export interface Slot {
  /**
   * The class as the interface names it, such as "dog" or "top class"; in a comparison of anything else, the value that
   * differs.
   */
  readonly title: string;
  /** The full title, if the title is shortened. */
  readonly hint?: string;
  /**
   * In a comparison of models: why the class differs from that of the others, in words that follow the model's name.
   */
  readonly differs?: string;
  readonly state: SlotState;
  readonly frame?: Frame;
}

/** The state of the work on a part of the assessment. */
export type AssessmentWork =
  | { readonly kind: 'waiting' }
  /** `share` is the progress from 0 to 1. `isHeld`: the engine computes for another editor first. */
  | { readonly kind: 'working'; readonly text: string; readonly share: number; readonly isHeld?: true }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string };

/** The scores of a map and of the baselines, as far as they are known. */
export interface ShownMeasurement extends Pick<Measurement, 'maps' | 'scores' | 'pictures'> {
  readonly work: AssessmentWork;
  /** A sentence that says which metrics are left out and why; empty if none is. */
  readonly note: string;
}

/** Maps of re-randomised networks, as far as they are known. */
export interface ShownCheck {
  readonly work: AssessmentWork;
  readonly maps: readonly SanityMap[];
  /** The verdict in one sentence. */
  readonly verdict?: string;
}

/** The assessment about a slot's map. Each part is present after it was requested. */
export interface Assessment {
  readonly measurement?: ShownMeasurement;
  readonly sanity?: ShownCheck;
}
export type AssessmentPart = keyof Assessment;

/** One of several images. The page requests thumbnails as it needs them. */
export interface StripItem {
  readonly name: string;
  readonly state: 'waiting' | 'working' | 'done' | 'failed' | 'cancelled';
}

/** The active image and what is shown about it. */
export interface ShownImage {
  /** Index of the image in the strip. */
  readonly active: number;
  readonly name: string;
  readonly picture: Picture | undefined;
  /** Upright size of the original, in pixels. */
  readonly size: Size | undefined;
  readonly slots: readonly Slot[];
  /** Assessment by slot. */
  readonly assessment: readonly Assessment[];
  /** Undefined for a single slot. */
  readonly comparedBy: ComparedBy | undefined;
  /** Its class or classes by its dataset, in words. */
  readonly truth?: string;
}

/**
 * Everything that an explanation panel shows. It is sent as a whole when the webview is ready or becomes visible again.
 */
export interface EditorState extends ShownImage {
  /**
   * The requested explanations of each image as text. The page saves it over a reload of the window and returns it when
   * it is ready.
   */
  readonly questions: string;
  /** The thumbnails, if there is more than one image. */
  readonly strip: readonly StripItem[];
  /** The style of the settings, with the user's changes since. */
  readonly style: HeatStyle;
  /** Index of the slot that exports and facts refer to. */
  readonly focused: number;
  /** True if the embedded demo model is in use. */
  readonly demo: boolean;
  /** Text of the host that the page saves, in place of the one that it was loaded with. */
  readonly restore?: string;
}

/** Each message contains only what has changed, so that its cost does not grow with the number of images. */
export type ToEditor =
  /** `isFirst`: the host has sent no state before, so it has none of the measurements that the page may have shown. */
  | { readonly type: 'state'; readonly state: EditorState; readonly isFirst?: boolean }
  /** Another image is active, its picture has been loaded, or its requests have changed. */
  | { readonly type: 'image'; readonly image: ShownImage }
  | {
      readonly type: 'changed';
      readonly change: Partial<Pick<EditorState, 'questions' | 'style' | 'demo' | 'restore'>>;
    }
  /** The newest message counts. A frame is sent only after the page has drawn the one before. */
  | { readonly type: 'slot'; readonly index: number; readonly slot: Slot }
  /** The parts that have changed. `null` stands for a removed part, since `undefined` is not sent. */
  | {
      readonly type: 'assessment';
      readonly index: number;
      readonly assessment: { readonly [P in AssessmentPart]?: Assessment[P] | null };
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
  /** A command of the palette or a key binding. The page performs it when its object exists. */
  | { readonly type: 'command'; readonly command: PageCommand }
  /** The result of an action, shown in the status line. */
  | { readonly type: 'notice'; readonly text: string };

export type PageCommand =
  | 'toggle-heat'
  | 'swipe'
  | 'contour'
  | 'next-colormap'
  | 'more-opaque'
  | 'less-opaque'
  | 'zoom-in'
  | 'zoom-out'
  | 'zoom-fit'
  | 'zoom-actual'
  | 'copy'
  | 'measure';

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

const ASSESSMENT_PART = v.picklist(['measurement', 'sanity']) satisfies v.GenericSchema<unknown, AssessmentPart>;

/** A message without anything but its type. */
const bare = <Type extends string>(type: Type) => v.object({ type: v.literal(type) });

/** What a page asks for and waits on; it gets one reply or one failure, unless it is gone by then. */
const PAGE_REQUEST = v.variant('type', [
  /** Of an image of the strip. A page waits for one at a time, so that it can choose the next by what is on screen then. */
  v.object({ type: v.literal('thumbnail'), index: COUNT }),
  /** Exports the slot in focus. */
  v.object({ type: v.literal('export'), kind: v.picklist(RENDER_KINDS) }),
]);
export type PageRequest = v.InferOutput<typeof PAGE_REQUEST>;

export interface PageResults {
  readonly thumbnail: Picture;
  /** What has come of it, in words; undefined if the user has been told, or has changed their mind. */
  readonly export: string | undefined;
}

export const FROM_EDITOR = v.variant('type', [
  /** The state when the page was last shown, for a host that was loaded again. */
  v.object({
    type: v.literal('ready'),
    questions: v.exactOptional(v.string()),
    style: v.exactOptional(HEAT_STYLE),
    focused: v.exactOptional(COUNT),
  }),
  /** The user has changed the style. The host keeps it and sends it to a new page. */
  v.object({ type: v.literal('style'), style: HEAT_STYLE }),
  v.object({ type: v.literal('focused'), slot: COUNT }),
  bare('cancel'),
  /** Continue with what was cancelled. */
  bare('resume'),
  v.object({ type: v.literal('select'), index: COUNT }),
  /** The id is of no other request, of this page or of one before. */
  v.object({ type: v.literal('request'), id: v.pipe(v.string(), v.uuid()), request: PAGE_REQUEST }),
  /** The last frame is on screen. */
  bare('drawn'),
  /** Requests one part of the evidence for some slots, in this order. */
  v.object({ type: v.literal('assessment'), part: ASSESSMENT_PART, slots: COUNTS }),
  v.object({ type: v.literal('cancel-assessment'), part: ASSESSMENT_PART }),
  /** Ends the comparison and keeps the explanation in focus. */
  bare('alone'),
  v.object({ type: v.literal('action'), id: v.picklist(ACTION_IDS) }),
  /** The browser can't decode the picture at this address, so the page needs the engine's PNG. */
  bare('unshowable'),
  /** A message for the user that the webview can't show itself, such as a failed copy. */
  v.object({ type: v.literal('error'), message: LINE }),
  /** A line for the log, about something that the user need not know. */
  v.object({ type: v.literal('log'), text: LINE }),
]);
export type FromEditor = v.InferOutput<typeof FROM_EDITOR>;
