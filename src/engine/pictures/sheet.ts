/** A contact sheet: pictures side by side, each under its title. */

import { marked } from '../../files/mark';
import { escapeMarkup, oneLine } from '../../protocol/plain-text';
import { composePng, type Piece, shrinkPng } from './image';

export interface Cell {
  readonly title: string;
  /** Smaller lines below the title. */
  readonly lines?: readonly string[];
  /** A PNG, or a note to show instead. */
  readonly content: Uint8Array | { readonly note: string };
}

/** Side of a picture and height of its title, in pixels. */
export const SIDE = 320;
const TITLE = 28;
const SMALL = 18;
const GAP = 12;
/** Characters of a note in one line. */
const LINE = 42;

/**
 * Draws the cells row by row, as PNG with Group-CAM's mark.
 *
 * @param columns number of columns; by default the grid of cells is as close to a square as possible
 */
export async function contactSheet(
  cells: readonly Cell[],
  columns = Math.ceil(Math.sqrt(cells.length)),
): Promise<Uint8Array> {
  const rows = Math.ceil(cells.length / columns);
  const head = TITLE + SMALL * Math.max(0, ...cells.map(({ lines = [] }) => lines.length));
  const pieces = await Promise.all(
    cells.map(async ({ title, lines = [], content }, i): Promise<Piece[]> => {
      const left = GAP + (i % columns) * (SIDE + GAP);
      const top = GAP + Math.floor(i / columns) * (SIDE + head + GAP);
      const below = { left, top: top + head };
      const body = 'note' in content ? text(wrapped(content.note), SIDE, 14) : await shrinkPng(content, SIDE);
      return [
        { left, top, input: text([title], TITLE, 18) },
        ...(lines.length > 0 ? [{ left, top: top + TITLE, input: text(lines, head - TITLE, 14) }] : []),
        { ...below, input: body },
      ];
    }),
  );
  const size = { width: GAP + columns * (SIDE + GAP), height: GAP + rows * (SIDE + head + GAP) };
  return marked(await composePng(size, pieces.flat()), cells.map(({ title }) => title).join('; '));
}

/** Lines of text as an SVG drawing that is as wide as a cell. */
function text(lines: readonly string[], height: number, size: number): Uint8Array {
  const spans = lines
    .map((line, i) => `<tspan x="0" y="${(i + 1) * size * 1.1}">${escapeMarkup(oneLine(line))}</tspan>`)
    .join('');
  const style = `font-family="sans-serif" font-size="${size}" fill="#202020"`;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${height}"><text ${style}>${spans}</text></svg>`,
  );
}

function wrapped(note: string): string[] {
  const lines = [''];
  for (const word of note.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > LINE) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}
