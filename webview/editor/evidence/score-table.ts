/** Scores of maps side by side, one map a column. */
import type { ScoreInfo } from '../../../src/core/metrics/measurement';
import { h, icon } from '../../dom';
import type { Cell, Column, Row } from './scores';

const DIRECTIONS: Readonly<Record<ScoreInfo['better'], { readonly icon: string; readonly text: string }>> = {
  higher: { icon: 'arrow-small-up', text: 'higher is better' },
  lower: { icon: 'arrow-small-down', text: 'lower is better' },
  neither: { icon: 'dash', text: 'describes the map, does not rate it' },
};

export function createScoreTable() {
  const sentence = h('p', { class: 'sentence', 'data-testid': 'scores-sentence' });
  const table = h('table', { class: 'scores', 'data-testid': 'scores' });
  const root = h('div', { class: 'score-table', hidden: true }, h('div', { class: 'scores-scroll' }, table), sentence);
  let shown = '';
  return {
    root,
    /** @param text what the table says in a sentence */
    show(columns: readonly Column[], rows: readonly Row[], text: string): void {
      root.hidden = rows.length === 0;
      // While curves grow the scores stay, and a table made anew would lose what is selected in it.
      const key = JSON.stringify([columns, rows, text]);
      if (key === shown) return;
      shown = key;
      sentence.textContent = text;
      const heads = columns.map(({ title, hint, baseline }) =>
        h('th', { scope: 'col', title: hint, class: baseline ? 'baseline' : '' }, title),
      );
      table.replaceChildren(
        h('thead', {}, h('tr', {}, h('td', {}), ...heads)),
        h('tbody', {}, ...rows.map((row) => rowOf(row, columns))),
      );
    },
  };
}

function rowOf({ name, info, cells }: Row, columns: readonly Column[]): HTMLElement {
  const { icon: arrow, text } = DIRECTIONS[info.better];
  const head = h(
    'th',
    { scope: 'row', title: `${info.meaning}; ${text}` },
    h('span', { class: 'score-head' }, info.title, icon(arrow), h('span', { class: 'visually-hidden' }, text)),
  );
  return h('tr', { 'data-testid': `score-${name}` }, head, ...cells.map((cell, i) => cellOf(cell, columns[i]!)));
}

function cellOf({ text, best }: Cell, { baseline }: Column): HTMLElement {
  const mark = best ? [icon('star-full'), h('span', { class: 'visually-hidden' }, 'best')] : [];
  const classes = ['score', ...(best ? ['best'] : []), ...(baseline ? ['baseline'] : [])].join(' ');
  return h('td', { class: classes, ...(best && { title: 'Best of the row' }) }, ...mark, text);
}
