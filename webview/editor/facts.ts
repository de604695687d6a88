/** Texts under the image. Pure. */
import type { Slot, Summary } from '../../src/protocol/webview';

const number = (value: number, digits: number) => value.toFixed(digits);

/** A probability in percent; the bare score of a model that gives no probabilities. */
export function probability(value: number, activation: string): string {
  if (activation === 'none') return Number(value.toPrecision(4)).toString();
  const percent = 100 * value;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${number(percent, 1)} %`;
}

export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${number(milliseconds / 1000, 2)} s`;
}

export const saliencyValue = (value: number): string => number(value, 2);

export const signedValue = (value: number): string => `${value < 0 ? '−' : '+'}${number(Math.abs(value), 2)}`;

/** How the map was made, in short pieces. */
export function facts(summary: Summary): string[] {
  const passes = `${summary.passes} ${summary.passes === 1 ? 'pass' : 'passes'}`;
  return [
    summary.method,
    // Without the batch, which is always 1.
    `${summary.layer} (${summary.layerShape.slice(-3).join(' × ')})`,
    summary.model,
    summary.device,
    duration(summary.milliseconds),
    passes,
  ];
}

/** The state of a slot in words, for the state line and screen readers. */
export function stateText({ title, state }: Slot): string {
  switch (state.kind) {
    case 'working':
      return state.total > 0 ? `${state.text} ${state.done}/${state.total}` : state.text;
    case 'done': {
      const { class: score, activation, blank } = state.summary;
      return blank ? `${title}: ${blank}` : `${score.label}, ${probability(score.probability, activation)}`;
    }
    case 'cancelled':
      return 'Cancelled';
    case 'failed':
      return state.message;
  }
}
