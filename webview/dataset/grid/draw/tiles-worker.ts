/** The worker of a grid, which draws its tiles on a canvas of the page. */
import { reasonOf } from '../../../../src/core/errors';
import { createScene } from './scene';
import type { Order } from './tiles';

const scene = createScene(
  (progress) => postMessage(progress),
  (thrown) => postMessage({ failure: reasonOf(thrown) }),
);
addEventListener('message', ({ data }: MessageEvent<Order>) => scene.take(data));
