/** The lines under the image: how far the work is, what was computed, the value pointed at, the colours. */
import type { HeatStyle } from '../../../src/core/style';
import type { Slot, Summary } from '../../../src/protocol/webview';
import { h, icon } from '../../dom';
import { percentOf } from '../../numbers';
import { textButton } from '../../toolkit';
import { differenceText, facts, overallText, sentence } from '../facts';
import { differenceLegend, legend } from '../heat/heat';
import { createLegend } from '../heat/legend';
import { showProgress } from './progress';

const NOTICE_MILLISECONDS = 8000;

export function createStatus(cancel: () => void) {
  const bar = h('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Explanation', hidden: true });
  const stateLine = h('span', { class: 'state-line', 'data-testid': 'state-line' });
  const cancelButton = textButton('Cancel', 'cancel', cancel);
  const work = h('div', { class: 'work' }, stateLine, cancelButton);
  const results = h('div', { class: 'results' });
  const note = remark('note');
  const assumptions = remark('assumptions');
  // Over the image, so that nothing moves when it comes and goes.
  const probe = h('div', { class: 'probe', 'data-testid': 'probe', hidden: true });
  const notice = h('span', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const colors = createLegend('Colours of the heat', '0', '1');
  const root = h(
    'footer',
    { class: 'status' },
    work,
    h(
      'div',
      { class: 'summary' },
      h('div', { class: 'texts' }, results, note.root, assumptions.root),
      notice,
      colors.root,
    ),
  );

  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown: Slot | undefined;
  return {
    root,
    bar,
    probe,
    /** @param signed the maps lie within [-1, 1] */
    showStyle(style: HeatStyle, signed: boolean): void {
      if (signed) colors.show(differenceLegend(style), '−1');
      else colors.show(legend(style));
    },
    /** @param focused the slot whose facts are told */
    showSlots(slots: readonly Slot[], focused: number): void {
      const working = slots.find(({ state }) => state.kind === 'working');
      showWork(working?.state, slots);
      cancelButton.hidden = !working;
      // Only progress is seen here: of the rest the cards over the image and the facts tell more.
      work.classList.toggle('visually-hidden', !working);
      work.setAttribute('aria-hidden', String(!working));
      stateLine.textContent = slots.length > 0 ? overallText(slots) : '';
      colors.root.hidden = !slots.some(({ frame }) => frame);
      const slot = slots[focused];
      if (slot === shown) return;
      shown = slot;
      const summary = slot?.state.kind === 'done' ? slot.state.summary : undefined;
      results.replaceChildren(...(summary ? [result(summary, focused)] : []));
      const notes = [slot ? differenceText(slot) : '', summary?.note ? sentence(summary.note) : ''];
      note.show(notes.filter((text) => text).join(' '));
      const assumed = summary?.assumptions ?? [];
      assumptions.show(assumed.length > 0 ? `Assumed: ${assumed.join('; ')}` : '', assumed.join('\n'));
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

  /** Of several slots, those that are settled count as whole. */
  function showWork(state: Slot['state'] | undefined, slots: readonly Slot[]): void {
    if (state?.kind !== 'working') {
      showProgress(bar, undefined);
      return;
    }
    const known = state.total > 0;
    const settled = slots.filter((slot) => slot.state.kind !== 'working').length;
    const done = (settled + (known ? state.done / state.total : 0)) / slots.length;
    const telling = known || settled > 0;
    showProgress(bar, telling ? done : 'unknown');
    bar.setAttribute('aria-valuetext', known ? `${state.done} of ${state.total}` : state.text);
    if (telling) bar.setAttribute('aria-valuenow', String(Math.round(100 * done)));
    else bar.removeAttribute('aria-valuenow');
  }
}

/** A line about the result that is there when it has something to say. */
function remark(name: string) {
  const root = h('div', { class: 'remark', 'data-testid': name });
  return {
    root,
    show(text = '', title = text): void {
      root.hidden = !text;
      root.replaceChildren(icon('info'), h('span', {}, text));
      root.title = title;
    },
  };
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
