/** The worker of a page, which paints jobs in the order of their arrival. */
import { DEFAULT_STYLE } from '../../src/core/style';
import type { Answer, Question } from './painter';
import { draw, paint } from './painting';

/** How often an invisible small map is drawn, and its side in pixels. */
const ROUNDS = 24;
const SIDE = 96;

/**
 * Runs the loops until the browser compiles them. Otherwise the first frames would take four times as long as later
 * ones.
 */
function warmUp(): void {
  const size = { width: SIDE, height: SIDE };
  const map = Float32Array.from({ length: 49 }, (_, i) => i);
  const imageTransform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: size };
  const frame = {
    done: 0,
    total: 1,
    height: 7,
    width: 7,
    map,
    offset: 1,
    signed: false,
    inputSize: size,
    imageTransform,
  };
  for (let i = 0; i < ROUNDS; i++) draw({ drawing: { kind: 'map', frame }, size, style: DEFAULT_STYLE });
}

addEventListener('message', async ({ data: { id, job } }: MessageEvent<Question>) => {
  const answer: Answer = { id, painted: await paint(job) };
  postMessage(answer, { transfer: [answer.painted.bitmap] });
});
warmUp();
