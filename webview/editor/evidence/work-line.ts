/** How far the work on a piece of evidence is, with the buttons that start, stop and repeat it. */
import type { EvidenceWork } from '../../../src/protocol/webview';
import { h } from '../../dom';
import { textButton } from '../../toolkit';
import { showProgress } from '../status/progress';

export interface WorkLine {
  readonly root: HTMLElement;
  /**
   * @param work undefined if it was not asked for
   * @param start what the button that starts it says; undefined if nothing can be started
   */
  show(work: EvidenceWork | undefined, start: string | undefined, text: string): void;
}

/** @param name before the kind of button in test ids */
export function createWorkLine(label: string, name: string, start: () => void, cancel: () => void): WorkLine {
  const bar = h('div', { class: 'progress', role: 'progressbar', 'aria-label': label, hidden: true });
  const text = h('span', { class: 'work-text', 'data-testid': `${name}-state` });
  const startButton = textButton('', `${name}-start`, start, 'primary');
  const cancelButton = textButton('Cancel', `${name}-cancel`, cancel);
  const root = h(
    'div',
    { class: 'work-line' },
    bar,
    h('div', { class: 'work-parts' }, text, startButton, cancelButton),
  );
  return {
    root,
    show(work, startText, words) {
      const isRunning = work?.kind === 'waiting' || work?.kind === 'working';
      const share = work?.kind === 'working' && work.share > 0 ? work.share : 'unknown';
      showProgress(bar, isRunning ? share : undefined);
      if (typeof share === 'number') bar.setAttribute('aria-valuenow', String(Math.round(100 * share)));
      else bar.removeAttribute('aria-valuenow');
      if (text.textContent !== words) text.textContent = words;
      text.classList.toggle('failed', work?.kind === 'failed');
      cancelButton.hidden = !isRunning;
      startButton.hidden = isRunning || startText === undefined;
      if (startText !== undefined && startButton.textContent !== startText) startButton.textContent = startText;
      root.dataset['kind'] = work?.kind ?? 'none';
    },
  };
}

/** A piece of evidence about one of several slots: the one that is told of comes first among those that run, wait, or ended. */
export function mostTelling(works: readonly (EvidenceWork | undefined)[]): number {
  const kinds = ['working', 'waiting', 'failed', 'cancelled'] as const;
  const found = kinds.map((kind) => works.findIndex((work) => work?.kind === kind)).find((at) => at >= 0);
  return found ?? works.findIndex((work) => work !== undefined);
}

export function workText(work: EvidenceWork | undefined): string {
  switch (work?.kind) {
    case 'waiting':
      return 'Waiting';
    case 'working':
      return work.share > 0 ? `${Math.round(100 * work.share)} %, ${work.text}` : work.text;
    case 'cancelled':
      return 'Cancelled. What is shown is incomplete.';
    case 'failed':
      return work.message;
    default:
      return '';
  }
}
