/** Figures, written as they are found: the machine may be gone before the last one. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Figure {
  readonly model: string;
  readonly what: string;
  /** A ratio, a difference or a rate; undefined if there is none or it could not be found, for the reason in `detail`. */
  readonly measured: number | undefined;
  readonly limit?: { readonly bound: number; readonly by: 'at most' | 'at least' };
  /** Whether something is wrong if the limit is not met. */
  readonly isNeeded?: boolean;
  readonly detail: string;
}

export interface Figures {
  add(figure: Figure): void;
}

export function createFigures(folder: string, head: string): Figures {
  mkdirSync(folder, { recursive: true });
  const all: Figure[] = [];
  writeFileSync(path.join(folder, 'figures.jsonl'), '');
  return {
    add: (figure) => {
      all.push(figure);
      appendFileSync(path.join(folder, 'figures.jsonl'), `${JSON.stringify(figure)}\n`);
      writeFileSync(path.join(folder, 'table.md'), `${head}\n\n${tableOf(all)}\n`);
      console.log(rowOf(figure));
    },
  };
}

export function isMet({ measured, limit }: Figure): boolean | undefined {
  if (!limit || measured === undefined) return undefined;
  return limit.by === 'at most' ? measured <= limit.bound : measured >= limit.bound;
}

export function tableOf(figures: readonly Figure[]): string {
  return [
    '| model | what | measured | limit | met | detail |',
    '|---|---|---|---|---|---|',
    ...figures.map(rowOf),
  ].join('\n');
}

function rowOf(figure: Figure): string {
  const { model, what, measured, limit, detail } = figure;
  const met = isMet(figure);
  const cells = [
    ...[model, what, measured === undefined ? '-' : measured.toPrecision(3)],
    limit ? `${limit.by} ${limit.bound}` : '',
    met === undefined ? '' : met ? 'yes' : 'NO',
    detail.replaceAll('|', '/').replaceAll('\n', ' '),
  ];
  return `| ${cells.join(' | ')} |`;
}
