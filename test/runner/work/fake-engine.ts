/** An engine that answers sweeps at once, and ends on some images. */
import type { Engine } from '../../../src/client/engine';
import { errors } from '../../../src/core/errors';
import type { SweepImage, SweepParams, SweptImage } from '../../../src/protocol/requests';

export interface FakeEngine extends Engine {
  /** Images of each call, by their ids. */
  readonly calls: number[][];
  deaths: number;
}

export interface FakeOptions {
  /** Images on which the engine ends. */
  readonly killers?: readonly number[];
  /** Images that fail. */
  readonly failing?: readonly number[];
  /** Called before each answer. */
  readonly before?: (image: SweepImage) => void | Promise<void>;
}

export function sweptImage({ id, truth }: SweepImage): SweptImage {
  const image = { width: 4, height: 4 };
  return {
    id,
    size: image,
    transform: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, image },
    top: [
      [id % 3, 0.7],
      [(id + 1) % 3, 0.2],
    ],
    ...(truth.length > 0 && { loss: 0.1 }),
    margin: 0.5,
    entropy: 0.3,
    embedding: Float32Array.of(id),
  };
}

export function fakeEngine({ killers = [], failing = [], before }: FakeOptions = {}): FakeEngine {
  const calls: number[][] = [];
  let pid: number | undefined = 1;
  const engine = {
    calls,
    deaths: 0,
    state: 'ready' as const,
    get pid() {
      return pid;
    },
    restart: () => {},
    dispose: () => {},
    call: async (
      name: string,
      { images }: SweepParams,
      { on, signal }: { on?: Record<string, (data: unknown) => void>; signal?: AbortSignal } = {},
    ) => {
      if (name !== 'sweep') throw errors.internal(`the fake engine has no ${name}`);
      pid = 1;
      calls.push(images.map(({ id }) => id));
      for (const image of images) {
        await before?.(image);
        if (signal?.aborted) throw errors.cancelled();
        if (killers.includes(image.id)) {
          pid = undefined;
          engine.deaths += 1;
          throw errors.engineCrashed('signal SIGSEGV');
        }
        if (failing.includes(image.id))
          on?.['failed']?.({ id: image.id, code: 'image-unreadable', message: `${image.path}: bad` });
        else on?.['swept']?.(sweptImage(image));
      }
      return { images: images.length };
    },
  };
  return engine as FakeEngine;
}
