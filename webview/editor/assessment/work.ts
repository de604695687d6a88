/** The parts of evidence that can be requested, and the state of the work on them in words. Pure. */
import type { AssessmentPart, AssessmentWork, EditorState, Slot } from '../../../src/protocol/webview';

/** The parts of the state that assessment refers to. */
export type Measured = Pick<EditorState, 'slots' | 'assessment'>;

/** How the work on one part of the assessment is shown. */
export interface Work {
  /** Undefined if it was not requested. */
  readonly work: AssessmentWork | undefined;
  /** Text of the button that starts the work; undefined if it can't be started. */
  readonly start: string | undefined;
  readonly text: string;
}

const START: Readonly<Record<AssessmentPart, { readonly title: string; readonly about: string }>> = {
  measurement: {
    title: 'Measure',
    about:
      'Follows the probability while pixels are deleted from the image or inserted into it in the order of the map, and ' +
      'scores the map beside a random one and a blob in the centre.',
  },
  sanity: {
    title: 'Sanity Check',
    about:
      "Re-randomises the network's weights, layer by layer. A map that stays the same does not depend on what the network has learned.",
  },
};

export const titleOf = (part: AssessmentPart): string => START[part].title;

/**
 * Slots for which the part can be requested, the one in focus first. A sanity check takes long, so it is only offered
 * for the slot in focus.
 */
export function missing(part: AssessmentPart, { slots, assessment }: Measured, focused: number): number[] {
  const all = [...slots.keys()].filter((slot) => {
    const kind = assessment[slot]?.[part]?.work.kind;
    return isMeasurable(slots[slot]) && (kind === undefined || kind === 'failed' || kind === 'cancelled');
  });
  return part === 'sanity' ? all.filter((slot) => slot === focused) : moveFirst(all, focused);
}

export function workOf(part: AssessmentPart, measured: Measured, focused: number): Work {
  const { slots, assessment } = measured;
  const works = slots.map((_, slot) => assessment[slot]?.[part]?.work);
  const found = part === 'sanity' ? focused : mostTelling(works);
  const work = works[found];
  const words = work ? workText(work) : (whyNot(slots[focused]) ?? START[part].about);
  const open = missing(part, measured, focused);
  const again = work?.kind === 'failed' || work?.kind === 'cancelled';
  const title = again ? 'Try Again' : `${START[part].title}${open.length > 1 ? ' All' : ''}`;
  const name = slots.length > 1 && work && words ? `${slots[found]!.title}: ` : '';
  return { work, start: open.length > 0 ? title : undefined, text: `${name}${words}` };
}

const isMeasurable = (slot: Slot | undefined): boolean => slot?.state.kind === 'done' && !slot.state.summary.blank;

function whyNot(slot: Slot | undefined): string | undefined {
  if (slot?.state.kind === 'failed') return 'There is no map, since it could not be computed.';
  if (slot?.state.kind !== 'done') return 'This needs the map, which is not finished yet.';
  return slot.state.summary.blank ? 'The map is blank: there is nothing to measure.' : undefined;
}

const moveFirst = (slots: readonly number[], first: number): number[] =>
  [...slots].sort((a, b) => Number(b === first) - Number(a === first));

/**
 * Index of the work to show among those of several slots: one that runs, or one that waits, or one that has ended, in
 * this order.
 */
function mostTelling(works: readonly (AssessmentWork | undefined)[]): number {
  const kinds = ['working', 'waiting', 'failed', 'cancelled'] as const;
  const found = kinds.map((kind) => works.findIndex((work) => work?.kind === kind)).find((at) => at >= 0);
  return found ?? works.findIndex((work) => work !== undefined);
}

/** What is said while the work is under way. */
function workingText({ share, text, isHeld }: Extract<AssessmentWork, { kind: 'working' }>): string {
  const percent = share > 0 ? `${Math.round(100 * share)} %` : undefined;
  if (isHeld) return percent ? `Waiting for another explanation at ${percent}` : 'Waiting for another explanation';
  return percent ? `${percent}, ${text}` : text;
}

function workText(work: AssessmentWork): string {
  switch (work.kind) {
    case 'waiting':
      return 'Waiting';
    case 'working':
      return workingText(work);
    case 'cancelled':
      return 'Cancelled. What is shown is incomplete.';
    case 'failed':
      return work.message;
    case 'done':
      return '';
  }
}
