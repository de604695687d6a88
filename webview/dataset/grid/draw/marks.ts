/** The signs on tiles. Their forms differ, so that no colour is needed to tell them apart. */
import type { Look, Mark } from './tiles';

type Context = OffscreenCanvasRenderingContext2D;

const SIDE = 16;

/** Lines of a sign within a square of 16 pixels. */
const SIGNS: Readonly<Record<Mark, readonly (readonly [x: number, y: number][])[]>> = {
  wrong: [
    [
      [5, 5],
      [11, 11],
    ],
    [
      [11, 5],
      [5, 11],
    ],
  ],
  right: [
    [
      [4.5, 8.5],
      [7, 11],
      [11.5, 5],
    ],
  ],
  failed: [
    [
      [8, 3.5],
      [8, 9],
    ],
    [
      [8, 11.5],
      [8, 12.5],
    ],
  ],
  waiting: [],
  none: [],
};

/** Draws a sign on a disc (right), a square (wrong) or a triangle (failed), with its top left corner at a point. */
export function drawMark(context: Context, mark: Mark, x: number, y: number, look: Look): void {
  if (mark === 'none' || mark === 'waiting') return;
  context.save();
  context.translate(x, y);
  context.beginPath();
  if (mark === 'right') context.arc(SIDE / 2, SIDE / 2, SIDE / 2 - 0.5, 0, 2 * Math.PI);
  else if (mark === 'wrong') context.roundRect(0.5, 0.5, SIDE - 1, SIDE - 1, 3);
  else polygon(context);
  context.fillStyle = mark === 'right' ? look.right : look.wrong;
  context.fill();
  context.strokeStyle = look.background;
  context.lineWidth = 1;
  context.stroke();
  context.beginPath();
  for (const [start, ...rest] of SIGNS[mark]) {
    context.moveTo(...start!);
    for (const point of rest) context.lineTo(...point);
  }
  context.strokeStyle = look.onMark;
  context.lineWidth = 2;
  context.lineCap = 'round';
  context.stroke();
  context.restore();
}

function polygon(context: Context): void {
  context.moveTo(SIDE / 2, 0);
  context.lineTo(SIDE, SIDE - 1);
  context.lineTo(0, SIDE - 1);
  context.closePath();
}

/** Tags in the corner of a picture: a flag with their number. */
export function drawTags(context: Context, count: number, right: number, y: number, look: Look): void {
  if (count === 0) return;
  const text = count > 1 ? String(count) : '';
  const width = text ? 24 : 14;
  context.fillStyle = look.tag;
  context.strokeStyle = look.background;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(right - width, y);
  context.lineTo(right, y);
  context.lineTo(right, y + SIDE);
  context.lineTo(right - width / 2, y + SIDE - 5);
  context.lineTo(right - width, y + SIDE);
  context.closePath();
  context.fill();
  context.stroke();
  if (!text) return;
  context.fillStyle = look.onTag;
  context.textAlign = 'center';
  context.fillText(text, right - width / 2, y + 6);
  context.textAlign = 'left';
}
