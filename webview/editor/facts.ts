/** Texts below the image. Pure. */
import type { ComparedBy, Slot, Summary } from '../../src/protocol/webview';
import { percentOf } from '../numbers';

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

export const saliencyValue = (value: number): string => value.toFixed(2);

export const signedValue = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

/**
 * The layer with its shape, without the batch, which is always 1. For the mean of several layers only the names are
 * given, for a method without a layer nothing.
 */
function layerText({ layer, layerShape }: Summary): string[] {
  if (layer === undefined) return [];
  return [layerShape.length > 0 ? `${layer} (${layerShape.slice(-3).join(' × ')})` : `mean of ${layer}`];
}

/** How the map was made, in short pieces. */
export function facts(summary: Summary): string[] {
  const passes = `${summary.passes} ${summary.passes === 1 ? 'pass' : 'passes'}`;
  const time = `${duration(summary.milliseconds)}${summary.kept ? ', computed before' : ''}`;
  return [summary.method, ...layerText(summary), summary.model, summary.device, time, passes];
}

/**
 * The title of a slot's heat for screen readers. In a comparison of models it includes the class that each explains.
 */
export function spokenTitle({ title, state, differs }: Slot, comparedBy: ComparedBy | undefined): string {
  if (comparedBy !== 'models' || state.kind !== 'done') return title;
  return `${state.summary.class.label} by ${title}${differs ? `, which ${differs}` : ''}`;
}

/** A sentence that says why one of several models explains another class than the others. */
export const differenceText = ({ title, differs }: Slot): string =>
  differs ? `${title} ${differs}: its own top class is explained.` : '';

/** The state of a slot in words, for the state line and screen readers. */
export function stateText(slot: Slot): string {
  const { title, state } = slot;
  switch (state.kind) {
    case 'working':
      return state.total > 0 ? `${state.text} ${state.done}/${state.total}` : state.text;
    case 'done': {
      const { class: score, activation, blank, note } = state.summary;
      if (blank) return `${title}: ${blank}`;
      const remarks = [...(slot.differs ? [differenceText(slot)] : []), ...(note ? [sentence(note)] : [])];
      return [`${score.label}, ${percentOf(score.probability, activation)}`, ...remarks].join('. ');
    }
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return state.message;
  }
}

/** The result of one of several explanations, shown beside its title. */
export function captionValue({ state }: Slot, comparedBy: ComparedBy | undefined): string {
  switch (state.kind) {
    case 'working':
      return state.total > 0 ? `${state.done}/${state.total}` : state.text;
    case 'done': {
      const { class: score, activation, own } = state.summary;
      const percent = percentOf(score.probability, activation);
      if (own) return own;
      return comparedBy === 'classes' ? percent : `${score.label} ${percent}`;
    }
    default:
      return state.kind;
  }
}

/** The state of all slots in words: the progress of the one that works, or the results of all. */
export function overallText(slots: readonly Slot[]): string {
  if (slots.length === 1) return stateText(slots[0]!);
  const at = slots.findIndex(({ state }) => state.kind === 'working');
  if (at >= 0) return `${slots[at]!.title}, ${at + 1} of ${slots.length}: ${stateText(slots[at]!)}`;
  return slots.map((slot) => `${slot.title}: ${stateText(slot)}`).join('; ');
}
