/** From a panel's state to what its webview is told. Pure. */
import type { EditorState, Evidence, EvidencePart, StripItem, ToEditor } from '../protocol/webview';
import { comparedBy, questionsText } from './comparison';
import type { ImageStatus, PanelImage, PanelState } from './panel-state';

const STRIP_STATES: Readonly<Record<ImageStatus, StripItem['state']>> = {
  idle: 'waiting',
  queued: 'waiting',
  working: 'working',
  done: 'done',
  failed: 'failed',
  cancelled: 'waiting',
};

const NO_EVIDENCE: Evidence = {};

export function editorState(state: PanelState): EditorState {
  const image = state.images[state.active];
  return {
    name: image?.name ?? '',
    picture: image?.picture,
    size: image?.size,
    comparedBy: comparedBy(image?.wanted ?? []),
    questions: questionsText(state.images.map(({ wanted }) => wanted)),
    slots: image?.slots.map((slot) => slot.shown) ?? [],
    evidence: image?.slots.map((slot) => slot.evidence ?? NO_EVIDENCE) ?? [],
    strip: stripOf(state),
    active: state.active,
    style: state.style,
    demo: state.demo,
  };
}

function stripOf(state: PanelState): StripItem[] {
  if (state.images.length < 2) return [];
  return state.images.map(({ name, thumbnail, status }) => ({
    name,
    ...(thumbnail && { thumbnail }),
    state: STRIP_STATES[status],
  }));
}

/**
 * The messages that bring a webview from one state to the next: changed slots and the strip on their own, so that a
 * frame does not resend the picture, else everything.
 */
export function messagesBetween(before: PanelState, after: PanelState): ToEditor[] {
  if (before === after) return [];
  if (needsWholeState(before, after)) return [{ type: 'state', state: editorState(after) }];
  const messages: ToEditor[] = [];
  const [shownBefore, shownAfter] = [activeImage(before), activeImage(after)];
  shownAfter?.slots.forEach((slot, index) => {
    const slotBefore = shownBefore?.slots[index];
    if (slot.shown !== slotBefore?.shown) messages.push({ type: 'slot', index, slot: slot.shown });
    const evidence = evidenceBetween(slotBefore?.evidence, slot.evidence);
    if (evidence) messages.push({ type: 'evidence', index, evidence });
  });
  if (after.images.some((image, index) => stripDiffers(image, before.images[index]))) {
    const strip = stripOf(after);
    if (strip.length > 0) messages.push({ type: 'strip', strip, active: after.active });
  }
  return messages;
}

/** The parts that differ; undefined if none does. */
function evidenceBetween(before: Evidence = NO_EVIDENCE, after: Evidence = NO_EVIDENCE) {
  const parts = (['measurement', 'sanity'] satisfies EvidencePart[]).filter((part) => before[part] !== after[part]);
  return parts.length > 0 ? Object.fromEntries(parts.map((part) => [part, after[part]])) : undefined;
}

function needsWholeState(before: PanelState, after: PanelState): boolean {
  const [shownBefore, shownAfter] = [activeImage(before), activeImage(after)];
  return (
    before.active !== after.active ||
    before.style !== after.style ||
    before.demo !== after.demo ||
    shownBefore?.picture !== shownAfter?.picture ||
    shownBefore?.wanted !== shownAfter?.wanted
  );
}

function stripDiffers(image: PanelImage, before: PanelImage | undefined): boolean {
  return (
    image.thumbnail !== before?.thumbnail ||
    before === undefined ||
    STRIP_STATES[image.status] !== STRIP_STATES[before.status]
  );
}

function activeImage(state: PanelState): PanelImage | undefined {
  return state.images[state.active];
}
