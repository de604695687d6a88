/** One class in the list: tick, name, probability and its bar. Rows are reused, so that the list does not flicker. */
import { h } from '../dom';
import { percentOf } from '../numbers';
import { checkMark } from '../toolkit';

export interface RowContent {
  readonly index: number;
  readonly label: string;
  readonly probability: number | undefined;
  readonly activation: string;
  readonly shown: boolean;
  /** The row that keys act on. */
  readonly active: boolean;
  readonly position: number;
  readonly total: number;
}

export interface Row {
  readonly root: HTMLElement;
  show(content: RowContent): void;
}

export function createRow(id: string, explain: (index: number) => void, tick: (index: number) => void): Row {
  const mark = checkMark(false);
  const box = h('span', { class: 'tick', title: 'Compare' }, mark);
  const name = h('span', { class: 'name' });
  const value = h('span', { class: 'value' });
  const fill = h('span', { class: 'bar-fill' });
  const bar = h('span', { class: 'bar' }, fill);
  const root = h('div', { id, class: 'row', role: 'option' }, box, name, value, bar);
  let current = -1;
  root.addEventListener('click', (event) => (box.contains(event.target as Node) ? tick(current) : explain(current)));
  return {
    root,
    show({ index, label, probability, activation, shown, active, position, total }) {
      current = index;
      root.dataset['testid'] = `class-${index}`;
      box.dataset['testid'] = `tick-${index}`;
      const text = probability === undefined ? '' : percentOf(probability, activation);
      if (name.textContent !== label) name.textContent = label;
      if (value.textContent !== text) value.textContent = text;
      root.title = `${label} (class ${index})`;
      bar.hidden = probability === undefined || activation === 'none';
      fill.style.width = `${100 * Math.min(Math.max(probability ?? 0, 0), 1)}%`;
      mark.checked = shown;
      root.classList.toggle('active', active);
      root.classList.toggle('shown', shown);
      root.setAttribute('aria-label', [label, text].filter(Boolean).join(', '));
      root.setAttribute('aria-selected', String(shown));
      root.setAttribute('aria-checked', String(shown));
      root.setAttribute('aria-posinset', String(position + 1));
      root.setAttribute('aria-setsize', String(total));
    },
  };
}
