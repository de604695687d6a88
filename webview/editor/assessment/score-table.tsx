/** Scores of maps side by side, with one column for each map. */
import type { ScoreInfo } from '../../../src/core/metrics/measurement';
import { Icon } from '../../icon';
import type { Cell, Column, Row } from './scores';

const DIRECTIONS: Readonly<Record<ScoreInfo['better'], { readonly icon: string; readonly text: string }>> = {
  higher: { icon: 'arrow-small-up', text: 'higher is better' },
  lower: { icon: 'arrow-small-down', text: 'lower is better' },
  neither: { icon: 'dash', text: 'describes the map, does not rate it' },
};

interface ScoreTableProps {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** The table's result in a sentence. */
  readonly text: string;
}

export function ScoreTable({ columns, rows, text }: ScoreTableProps) {
  return (
    <div class="score-table" hidden={rows.length === 0}>
      <div class="scores-scroll">
        <table class="scores" data-testid="scores">
          <thead>
            <tr>
              <td />
              {columns.map(({ title, hint, baseline }, i) => (
                <th key={i} scope="col" title={hint} class={baseline ? 'baseline' : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <ScoreRow key={row.name} row={row} columns={columns} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="sentence" data-testid="scores-sentence">
        {text}
      </p>
    </div>
  );
}

function ScoreRow({ row, columns }: { readonly row: Row; readonly columns: readonly Column[] }) {
  const { name, info, cells } = row;
  const { icon, text } = DIRECTIONS[info.better];
  return (
    <tr data-testid={`score-${name}`}>
      <th scope="row" title={`${info.meaning}; ${text}`}>
        <span class="score-head">
          {info.title}
          <Icon key={icon} name={icon} />
          <span class="visually-hidden">{text}</span>
        </span>
      </th>
      {cells.map((cell, i) => (
        <ScoreCell key={i} cell={cell} column={columns[i]!} />
      ))}
    </tr>
  );
}

function ScoreCell({ cell: { text, best }, column }: { readonly cell: Cell; readonly column: Column }) {
  const classes = ['score', ...(best ? ['best'] : []), ...(column.baseline ? ['baseline'] : [])];
  return (
    <td class={classes.join(' ')} {...(best && { title: 'Best of the row' })}>
      {best && (
        <>
          <Icon name="star-full" />
          <span class="visually-hidden">best</span>
        </>
      )}
      {text}
    </td>
  );
}
