/** The lines under the image: how far the work is, what was computed, the value pointed at, the colours. */
import type { HeatStyle, Slot, Summary } from '../../src/protocol/webview';
import { h, icon } from '../dom';
import { percentOf } from '../numbers';
import { textButton } from '../toolkit';
import { facts, stateText } from './facts';
import { differenceLegend, legend } from './heat';
import { createLegend } from './legend';

const NOTICE_MILLISECONDS = 8000;

export function createStatus(cancel: () => void) {
  const bar = h('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Explanation', hidden: true });
  const stateLine = h('span', { class: 'state-line', 'data-testid': 'state-line' });
  const cancelButton = textButton('Cancel', 'cancel', cancel);
  const work = h('div', { class: 'work' }, stateLine, cancelButton);
  const results = h('div', { class: 'results' });
  const assumptions = h('div', { class: 'assumptions', 'data-testid': 'assumptions' });
  // Over the image, so that nothing moves when it comes and goes.
  const probe = h('div', { class: 'probe', 'data-testid': 'probe', hidden: true });
  const notice = h('span', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const colors = createLegend('Colours of the heat', '0', '1');
  const root = h(
    'footer',
    { class: 'status' },
    work,
    h('div', { class: 'summary' }, h('div', { class: 'texts' }, results, assumptions), notice, colors.root),
  );

  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown: readonly Slot[] | undefined;
  return {
    root,
    bar,
    probe,
    /** @param signed the maps lie within [-1, 1] */
    showStyle(style: HeatStyle, signed: boolean): void {
      if (signed) colors.show(differenceLegend(style), '−1');
      else colors.show(legend(style));
    },
    showSlots(slots: readonly Slot[]): void {
      const working = slots.find(({ state }) => state.kind === 'working');
      showProgress(working?.state);
      cancelButton.hidden = !working;
      const failed = slots.find(({ state }) => state.kind === 'failed' || state.kind === 'cancelled');
      const telling = working ?? failed;
      // Only progress is seen here: of the rest the cards over the image and the facts tell more.
      work.classList.toggle('visually-hidden', !working);
      work.setAttribute('aria-hidden', String(!working));
      stateLine.textContent = telling ? stateText(telling) : slots.map(stateText).join('; ');
      colors.root.hidden = !slots.some(({ frame }) => frame);
      if (slots === shown) return;
      shown = slots;
      const summaries = slots.map(({ state }) => (state.kind === 'done' ? state.summary : undefined));
      results.replaceChildren(...summaries.flatMap((summary, i) => (summary ? [result(summary, i)] : [])));
      const assumed = [...new Set(summaries.flatMap((summary) => summary?.assumptions ?? []))];
      assumptions.hidden = assumed.length === 0;
      assumptions.replaceChildren(icon('info'), h('span', {}, `Assumed: ${assumed.join('; ')}`));
      assumptions.title = assumed.join('\n');
    },
    showProbe(text: string): void {
      probe.textContent = text;
      probe.hidden = !text;
    },
    showNotice(text: string): void {
      clearTimeout(timer);
      notice.textContent = text;
      timer = setTimeout(() => notice.replaceChildren(), NOTICE_MILLISECONDS);
    },
  };

  function showProgress(state: Slot['state'] | undefined): void {
    bar.hidden = state?.kind !== 'working';
    if (state?.kind !== 'working') return;
    const known = state.total > 0;
    bar.classList.toggle('endless', !known);
    bar.style.setProperty('--done', String(known ? state.done / state.total : 0));
    bar.setAttribute('aria-valuetext', known ? `${state.done} of ${state.total}` : state.text);
    if (known) bar.setAttribute('aria-valuenow', String(Math.round((100 * state.done) / state.total)));
    else bar.removeAttribute('aria-valuenow');
  }
}

function result(summary: Summary, index: number): HTMLElement {
  const { label, probability: p } = summary.class;
  const pieces = facts(summary).map((text) => h('span', { class: 'fact' }, text));
  return h(
    'div',
    { class: 'result', title: facts(summary).join('\n'), 'data-testid': `facts-${index}` },
    h('strong', { class: 'result-class' }, label),
    h('span', { class: 'result-probability' }, percentOf(p, summary.activation)),
    h('span', { class: 'fact' }, summary.activation === 'none' ? 'score' : summary.activation),
    ...pieces,
  );
}
