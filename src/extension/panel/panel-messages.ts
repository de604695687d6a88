/** Derives the messages to a webview from a panel's state. Pure. */
import type { Assessment, AssessmentPart, EditorState, ShownImage, StripItem, ToEditor } from '../../protocol/webview';
import { comparedBy, questionsText } from '../explanation/comparison';
import type { ImageStatus, PanelImage, PanelState } from './panel-state';

const STRIP_STATES: Readonly<Record<ImageStatus, StripItem['state']>> = {
  idle: 'waiting',
  queued: 'waiting',
  working: 'working',
  done: 'done',
  failed: 'failed',
  stopped: 'cancelled',
  cancelled: 'cancelled',
};

const NO_ASSESSMENT: Assessment = {};

export function editorState(state: PanelState): EditorState {
  const shown = shownImage(state);
  return {
    ...shown,
    questions: questionsOf(state),
    strip: stripOf(state),
    style: state.style,
    focused: shown.slots[state.focused] ? state.focused : 0,
    demo: state.demo,
    ...(state.restore !== undefined && { restore: state.restore }),
  };
}

function shownImage(state: PanelState): ShownImage {
  const image = activeImage(state);
  return {
    active: state.active,
    name: image?.name ?? '',
    picture: image?.picture,
    size: image?.size,
    comparedBy: comparedBy(image?.wanted ?? []),
    slots: image?.slots.map((slot) => slot.shown) ?? [],
    assessment: image?.slots.map((slot) => slot.assessment ?? NO_ASSESSMENT) ?? [],
    ...(image?.truth !== undefined && { truth: image.truth }),
  };
}

const questionsOf = ({ images, chosen }: PanelState) =>
  questionsText(
    images.map(({ wanted }) => wanted),
    chosen,
  );

function stripOf({ images }: PanelState): StripItem[] {
  return images.length < 2 ? [] : images.map(({ name, status }) => ({ name, state: STRIP_STATES[status] }));
}

/**
 * The messages that update a webview from one state to the next. The size of none of them depends on the number of
 * images.
 */
export function messagesBetween(before: PanelState, after: PanelState): ToEditor[] {
  if (before === after) return [];
  return [...aboutImage(before, after), ...aboutRest(before, after), ...aboutTiles(before, after)];
}

/**
 * Messages about the active image. If only slots have changed, only these are sent, so that a frame does not resend the
 * picture.
 */
function aboutImage(before: PanelState, after: PanelState): ToEditor[] {
  const [shownBefore, shownAfter] = [activeImage(before), activeImage(after)];
  if (shownBefore === shownAfter) return [];
  const isOther =
    before.active !== after.active ||
    shownBefore?.picture !== shownAfter?.picture ||
    shownBefore?.truth !== shownAfter?.truth ||
    shownBefore?.wanted !== shownAfter?.wanted;
  if (isOther) return [{ type: 'image', image: shownImage(after) }];
  const messages: ToEditor[] = [];
  shownAfter?.slots.forEach((slot, index) => {
    const slotBefore = shownBefore?.slots[index];
    if (slot.shown !== slotBefore?.shown) messages.push({ type: 'slot', index, slot: slot.shown });
    const assessment = assessmentBetween(slotBefore?.assessment, slot.assessment);
    if (assessment) messages.push({ type: 'assessment', index, assessment });
  });
  return messages;
}

function aboutRest(before: PanelState, after: PanelState): ToEditor[] {
  const change = {
    ...(before.style !== after.style && { style: after.style }),
    ...(before.demo !== after.demo && { demo: after.demo }),
    ...(before.restore !== after.restore && { restore: after.restore }),
    ...((before.chosen !== after.chosen || differences(before, after, 'wanted').length > 0) && {
      questions: questionsOf(after),
    }),
  };
  return Object.keys(change).length > 0 ? [{ type: 'changed', change }] : [];
}

function aboutTiles(before: PanelState, after: PanelState): ToEditor[] {
  const tiles = differences(before, after, 'status').flatMap((index) => {
    const [was, is] = [before, after].map(({ images }) => STRIP_STATES[images[index]!.status]);
    return is === was || after.images.length < 2 ? [] : [{ index, state: is! }];
  });
  return tiles.length > 0 ? [{ type: 'tiles', tiles }] : [];
}

/** The images for which one property differs. */
function differences(before: PanelState, after: PanelState, by: 'wanted' | 'status'): number[] {
  if (before.images === after.images) return [];
  return after.images.flatMap((image, index) => (image[by] === before.images[index]![by] ? [] : [index]));
}

/** The parts of the evidence that differ; undefined if none does. */
function assessmentBetween(before: Assessment = NO_ASSESSMENT, after: Assessment = NO_ASSESSMENT) {
  const parts = (['measurement', 'sanity'] satisfies AssessmentPart[]).filter((part) => before[part] !== after[part]);
  return parts.length > 0 ? Object.fromEntries(parts.map((part) => [part, after[part] ?? null])) : undefined;
}

function activeImage(state: PanelState): PanelImage | undefined {
  return state.images[state.active];
}
