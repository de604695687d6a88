/** The worker of a page: it paints what it is sent, in the order in which it comes. */
import { DEFAULT_STYLE } from '../../../src/core/style';
import type { Answer, Question } from './painter';
import { draw, paint } from './painting';

/** How often a small map is drawn that nobody sees, and its side in pixels. */
const ROUNDS = 24;
const SIDE = 96;

/** Once its loops have run that often, the browser compiles them: the first frames would else take four times as long as the others. */
function warmUp(): void {
  const size = { width: SIDE, height: SIDE };
  const map = Float32Array.from({ length: 49 }, (_, i) => i);
  const imageTransform = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image: size };
  const frame = { done: 0, total: 1, u: 7, v: 7, map, offset: 1, signed: false, inputSize: size, imageTransform };
  for (let i = 0; i < ROUNDS; i++) draw({ drawing: { kind: 'map', frame }, size, style: DEFAULT_STYLE });
}

addEventListener('message', async ({ data: { id, job } }: MessageEvent<Question>) => {
  const answer: Answer = { id, painted: await paint(job) };
  postMessage(answer, { transfer: [answer.painted.bitmap] });
});
warmUp();
