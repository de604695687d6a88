/** The page's side of what draws the tiles: a worker, or the page itself where the worker can't start or is lost. */
import { reasonOf } from '../../../../src/core/errors';
import { openWorker } from '../../../worker';
import { createScene, type Scene } from './scene';
import type { Look, Names, Order, Progress, View } from './tiles';

export interface TilePainter {
  send(order: Exclude<Order, { type: 'canvas' }>): void;
  /** Gives it the canvas to draw on. Its element can't be used for anything else. */
  attach(canvas: HTMLCanvasElement): void;
}

interface Parts {
  /** Address of the worker's script. */
  readonly address: string;
  readonly log: (text: string) => void;
  readonly progress: (progress: Progress) => void;
  /** All is lost with a worker: a new canvas is needed, and what it was told before. */
  readonly restart: () => void;
}

type Said = Progress | { readonly failure: string };

export function createTilePainter({ address, log, progress, restart }: Parts): TilePainter {
  let target: ((order: Order) => void) | undefined;
  /** What is said before it is known who draws. */
  let waiting: Order[] = [];
  let look: Look | undefined;
  let view: View | undefined;
  let names: Names | undefined;

  function begin(next: (order: Order) => void): void {
    target = next;
    for (const order of waiting) next(order);
    waiting = [];
  }
  function onPage(): (order: Order) => void {
    const scene: Scene = createScene(progress, (thrown) => log(`A picture can't be shown: ${reasonOf(thrown)}`));
    return (order) => scene.take(order);
  }
  function lost(reason: string): void {
    log(`Tiles are drawn by the page itself, since its worker has failed: ${reason}`);
    const isLate = target !== undefined;
    target = undefined;
    begin(onPage());
    if (!isLate) return;
    // Before the rows, which are sent again.
    if (names) send({ type: 'names', names });
    restart();
    if (look) send({ type: 'look', look });
    if (view) send({ type: 'view', view });
  }
  function open(worker: Worker): void {
    worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if ('busy' in data) progress(data);
      else log(`A picture can't be shown: ${data.failure}`);
    });
    worker.addEventListener(
      'error',
      (event) => {
        // The error is reported here, so it need not appear in the console.
        event.preventDefault();
        worker.terminate();
        lost(event.message || 'it can not start');
      },
      { once: true },
    );
    begin((order) => worker.postMessage(order, transferred(order)));
  }
  openWorker(address, 'tiles').then(open, (thrown) => lost(reasonOf(thrown)));

  function send(order: Order): void {
    if (order.type === 'look') ({ look } = order);
    if (order.type === 'view') ({ view } = order);
    if (order.type === 'names') ({ names } = order);
    if (target) target(order);
    else waiting.push(order);
  }
  return {
    send,
    attach: (canvas) => send({ type: 'canvas', canvas: canvas.transferControlToOffscreen() }),
  };
}

/** What goes to the worker without a copy. */
function transferred(order: Order): Transferable[] {
  if (order.type === 'canvas') return [order.canvas];
  if (order.type !== 'pictures') return [];
  const { buffer } = order.pictures.bytes;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}
