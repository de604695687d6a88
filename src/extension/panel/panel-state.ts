/** The state of an explanation panel and its reducer. Pure. */
import type { ErrorCode } from '../../core/error-codes';
import type { Size } from '../../core/geometry';
import type { Frame } from '../../core/saliency';
import type { HeatStyle } from '../../core/style';
import type { Explanation } from '../../protocol/explanation';
import type { Assessment, AssessmentPart, Picture, Slot, SlotState, Summary } from '../../protocol/webview';
import { type AssessmentChange, grow } from '../assessment/assessment';
import { actionsFor, actionsForBlank } from '../commands/actions';
import { comparedBy, TOP_CLASS, type Wanted, withAnotherModel } from '../explanation/comparison';
import { type ChosenMethod, NOTHING_CHOSEN } from '../explanation/method-choice';
import { framed, heldUp, PREPARING, WAITING } from './stages';

export interface PanelSlot {
  readonly shown: Slot;
  readonly explanation?: Explanation;
  /** Measurements of the explanation, which are dropped together with it. */
  readonly assessment?: Assessment;
}

/** `idle` means not requested, `stopped` that the queue was cancelled before the image's turn. */
export type ImageStatus = 'idle' | 'queued' | 'working' | 'done' | 'failed' | 'stopped' | 'cancelled';

export interface PanelImage {
  readonly name: string;
  readonly picture?: Picture;
  readonly size?: Size;
  /** By its dataset, in words. */
  readonly truth?: string;
  readonly status: ImageStatus;
  /** Raised with every new request about the image. Answers to older requests are dropped. */
  readonly run: number;
  /** The requested explanations: one, or several to compare; none before the first request. */
  readonly wanted: readonly Wanted[];
  /** One slot for each requested explanation. */
  readonly slots: readonly PanelSlot[];
  /** p of every class, kept while other classes of the same image are explained by the same model. */
  readonly probabilities?: Float32Array;
}

export interface PanelState {
  readonly images: readonly PanelImage[];
  readonly active: number;
  readonly chosen: ChosenMethod;
  readonly style: HeatStyle;
  /** Index of the slot in focus, which may not exist yet. */
  readonly focused: number;
  readonly demo: boolean;
  /** The text from which the panel is restored, if it may change. */
  readonly restore?: string;
}

type Shown = Pick<PanelImage, 'name' | 'wanted' | 'picture' | 'size' | 'truth'>;

interface OfSlot {
  readonly image: number;
  readonly run: number;
  readonly slot: number;
}

export type PanelEvent =
  /** Without a picture, the current one is released. */
  | { readonly type: 'picture'; readonly image: number; readonly picture?: Picture; readonly size?: Size }
  /** Another image takes the place of this one. */
  | ({ readonly type: 'replaced'; readonly image: number } & Shown)
  | { readonly type: 'asked'; readonly image: number; readonly wanted: readonly Wanted[]; readonly truth?: string }
  /**
   * Requests the explanations again, because something that they depend on has changed. This affects only images that
   * were requested before.
   */
  | { readonly type: 'refreshed'; readonly image: number }
  /** The same after the model in use was replaced. */
  | { readonly type: 'remodelled'; readonly image: number }
  /** Requests again what is not finished. */
  | { readonly type: 'retried'; readonly image: number }
  | ({ readonly type: 'started' } & OfSlot)
  /** Releases the image's maps, which are requested again when it is selected. */
  | { readonly type: 'released'; readonly image: number }
  /** Interrupts the image, since another one goes first. */
  | { readonly type: 'preempted'; readonly image: number }
  | ({ readonly type: 'frame'; readonly frame: Frame } & OfSlot)
  /** The engine computes something else first, or goes on. */
  | ({ readonly type: 'waits'; readonly waits: boolean } & OfSlot)
  | ({
      readonly type: 'explained';
      readonly explanation: Explanation;
      readonly summary: Summary;
      /** Why the class differs from that of the explanations it is compared with, if it does. */
      readonly differs?: string;
    } & OfSlot)
  | ({ readonly type: 'failed'; readonly code: ErrorCode; readonly message: string } & OfSlot)
  /** The event is dropped unless `of` is still the slot's explanation. */
  | {
      readonly type: 'assessment';
      readonly image: number;
      readonly slot: number;
      readonly of: Explanation;
      readonly change: AssessmentChange;
    }
  | { readonly type: 'assessment-cancelled'; readonly part: AssessmentPart }
  /** Cancels explanations. Measurements of finished ones continue. */
  | { readonly type: 'cancelled' }
  /** Requests again what was cancelled. */
  | { readonly type: 'resumed' }
  | { readonly type: 'selected'; readonly image: number }
  /** The choice for later requests; earlier ones are refreshed. */
  | { readonly type: 'chosen'; readonly chosen: ChosenMethod }
  | { readonly type: 'style'; readonly style: HeatStyle }
  | { readonly type: 'focused'; readonly slot: number }
  | { readonly type: 'demo'; readonly demo: boolean }
  | { readonly type: 'restore'; readonly restore: string };

export function initialState(names: readonly string[], style: HeatStyle, demo: boolean): PanelState {
  return { images: names.map(fresh), active: 0, chosen: NOTHING_CHOSEN, style, focused: 0, demo };
}

const fresh = (name: string): PanelImage => ({ name, status: 'idle', run: 0, wanted: [], slots: [] });

const known = ({ picture, size, truth }: Pick<PanelImage, 'picture' | 'size' | 'truth'>) => ({
  ...(picture && { picture }),
  ...(size && { size }),
  ...(truth !== undefined && { truth }),
});

export function reduce(state: PanelState, event: PanelEvent): PanelState {
  switch (event.type) {
    case 'chosen':
    case 'style':
    case 'demo':
    case 'restore': {
      const { type: _, ...change } = event;
      return { ...state, ...change };
    }
    case 'focused':
      return { ...state, focused: event.slot };
    case 'selected':
      return select(state, event.image);
    case 'cancelled':
      return { ...state, images: state.images.map(cancel) };
    case 'resumed':
      return { ...state, images: state.images.map((image) => (isCancelled(image) ? retry(image) : image)) };
    case 'assessment-cancelled':
      return { ...state, images: state.images.map((image) => cancelAssessment(image, event.part)) };
    default:
      return withImage(state, event.image, (image) => reduceImage(image, event));
  }
}

type ImageEvent = Extract<PanelEvent, { image: number }>;

function reduceImage(image: PanelImage, event: Exclude<ImageEvent, { type: 'selected' }>): PanelImage {
  switch (event.type) {
    case 'picture': {
      const { picture: _, ...rest } = image;
      return { ...rest, ...known(event) };
    }
    case 'released':
      return { ...image, slots: image.wanted.map((one) => ({ shown: { ...named(one), state: WAITING } })) };
    case 'replaced':
      return ask({ ...fresh(event.name), ...known(event), run: image.run }, event.wanted);
    case 'asked':
      return ask({ ...image, ...known(event) }, event.wanted);
    case 'refreshed':
      return refresh(image, image.wanted);
    case 'remodelled':
      return refresh(image, withAnotherModel(image.wanted));
    case 'retried':
      return retry(image);
    case 'assessment':
      return withSlot(image, event.slot, (slot) => (slot.explanation === event.of ? grown(slot, event.change) : slot));
    case 'preempted':
      return { ...withUnfinished(image, WAITING), status: 'queued', run: image.run + 1 };
    default:
      return event.run === image.run ? reduceSlot(image, event) : image;
  }
}

function reduceSlot(
  image: PanelImage,
  event: Extract<PanelEvent, { type: 'started' | 'frame' | 'waits' | 'explained' | 'failed' }>,
): PanelImage {
  const by = comparedBy(image.wanted);
  switch (event.type) {
    case 'started':
      return { ...withSlot(image, event.slot, (slot) => showing(slot, PREPARING)), status: 'working' };
    case 'frame':
      return withSlot(image, event.slot, (slot) => ({ ...slot, shown: framed(slot.shown, event.frame) }));
    case 'waits':
      return withSlot(image, event.slot, (slot) => showing(slot, heldUp(slot.shown, event.waits)));
    case 'explained': {
      const { explanation, summary, differs } = event;
      const wanted = image.wanted[event.slot]!;
      const called = by === undefined || by === 'classes' ? { title: explanation.label } : named(wanted);
      const actions = summary.blank ? { actions: actionsForBlank(by) } : {};
      const state: SlotState = { kind: 'done', summary, ...actions };
      const shown: Slot = { ...called, ...(differs && { differs }), state, frame: explanation.frame };
      const explained = withSlot(image, event.slot, () => ({ shown, explanation }));
      // Probabilities of another model belong to other classes.
      return settled(wanted.model ? explained : { ...explained, probabilities: explanation.probabilities });
    }
    case 'failed': {
      const { code, message } = event;
      const state: SlotState = { kind: 'failed', code, message, actions: actionsFor(code, by) };
      return settled(withSlot(image, event.slot, () => ({ shown: { ...named(image.wanted[event.slot]!), state } })));
    }
  }
}

function ask(image: PanelImage, wanted: readonly Wanted[]): PanelImage {
  const slots = wanted.map((one): PanelSlot => ({ shown: { ...named(one), state: WAITING } }));
  return { ...image, status: 'queued', run: image.run + 1, wanted, slots };
}

/** A stopped queue stays stopped. */
function refresh(image: PanelImage, wanted: readonly Wanted[]): PanelImage {
  if (image.status === 'idle') return image;
  const asked = forget(ask(image, wanted));
  return image.status === 'stopped' ? cancel(asked) : asked;
}

function retry(image: PanelImage): PanelImage {
  if (image.slots.every((slot) => slot.shown.state.kind === 'done')) return image;
  const slots = image.slots.map((slot, i): PanelSlot => {
    return slot.explanation ? slot : { shown: { ...named(image.wanted[i]!), state: WAITING } };
  });
  return { ...image, status: 'queued', run: image.run + 1, slots };
}

/** The title of a slot until its answer names a class; if anything but classes is compared, also afterwards. */
const named = ({ title, hint }: Wanted): Pick<Slot, 'title' | 'hint'> => ({
  title,
  ...(hint !== undefined && { hint }),
});

/** The image's state after one of its explanations has ended. A failure does not stop the other explanations. */
function settled(image: PanelImage): PanelImage {
  const kinds = image.slots.map((slot) => slot.shown.state.kind);
  if (kinds.includes('working')) return image;
  const isDone = kinds.length > 0 && kinds.every((kind) => kind === 'done');
  return { ...image, status: isDone ? 'done' : 'failed' };
}

const forget = ({ probabilities: _, ...image }: PanelImage): PanelImage => image;

function cancel(image: PanelImage): PanelImage {
  if (image.status !== 'queued' && image.status !== 'working') return image;
  const status = image.status === 'queued' ? 'stopped' : 'cancelled';
  return { ...withUnfinished(image, { kind: 'cancelled' }), status, run: image.run + 1 };
}

export const isCancelled = ({ status }: PanelImage): boolean => status === 'stopped' || status === 'cancelled';

function cancelAssessment(image: PanelImage, part: AssessmentPart): PanelImage {
  return { ...image, slots: image.slots.map((slot) => grown(slot, { type: 'cancelled', part })) };
}

function grown(slot: PanelSlot, change: AssessmentChange): PanelSlot {
  return { ...slot, assessment: grow(slot.assessment ?? {}, change) };
}

/** Selects an image. If its turn never came, or its maps were released, it is explained now. */
function select(state: PanelState, index: number): PanelState {
  if (!state.images[index]) return state;
  return withImage({ ...state, active: index }, index, (image) => {
    if (image.status === 'idle') return ask(image, [TOP_CLASS]);
    return image.status === 'stopped' || image.status === 'done' ? retry(image) : image;
  });
}

function withImage(state: PanelState, index: number, change: (image: PanelImage) => PanelImage): PanelState {
  const before = state.images[index];
  const image = before && change(before);
  if (!image || image === before) return state;
  return { ...state, images: state.images.with(index, image) };
}

function withSlot(image: PanelImage, index: number, change: (slot: PanelSlot) => PanelSlot): PanelImage {
  return { ...image, slots: image.slots.map((slot, i) => (i === index ? change(slot) : slot)) };
}

function withUnfinished(image: PanelImage, state: SlotState): PanelImage {
  const slots = image.slots.map((slot) => (slot.shown.state.kind === 'working' ? showing(slot, state) : slot));
  return { ...image, slots };
}

function showing(slot: PanelSlot, state: SlotState): PanelSlot {
  return { ...slot, shown: { ...slot.shown, state } };
}

/** The image to work on next: the one that the user looks at, otherwise the first that is waiting. */
export function nextImage(state: PanelState): number | undefined {
  if (state.images[state.active]?.status === 'queued') return state.active;
  const index = state.images.findIndex((image) => image.status === 'queued');
  return index < 0 ? undefined : index;
}
