import { errors } from '../../../src/core/errors';
import { DEFAULT_CHOICE } from '../../../src/core/methods/choice';
import { DEFAULT_STYLE } from '../../../src/core/style';
import type { WindowEngine } from '../../../src/extension/engine';
import type { Wanted } from '../../../src/extension/explanation/comparison';
import { createExplainQueue } from '../../../src/extension/explanation/explain-queue';
import type { KeptMap } from '../../../src/extension/maps/kept-form';
import { keyOf } from '../../../src/extension/maps/kept-map';
import { initialState, type PanelEvent, reduce } from '../../../src/extension/panel/panel-state';
import type { Explanation } from '../../../src/protocol/explanation';
import type { ExplainParams } from '../../../src/protocol/requests';
import { type frame, info } from '../support';

const LABELS: Readonly<Record<string, readonly string[]>> = {
  net: ['ant', 'bee', 'cat'],
  turned: ['Bee', 'Cat', 'Ant'],
  without: ['Gordon setter', 'dog'],
};

interface Asked {
  readonly params: ExplainParams;
  readonly signal: AbortSignal;
  readonly onFrame: (data: ReturnType<typeof frame>) => void;
  answer(found: Explanation): void;
  fail(thrown: unknown): void;
}

/** A panel's state with its queue, and an engine that answers when the test says so. */
export function panel(...names: string[]) {
  const calls: Asked[] = [];
  const logged: unknown[] = [];
  const kept = new Map<string, KeptMap>();
  /** Of images whose pictures take long. */
  const pictures = new Map<number, () => Promise<void>>();
  let state = initialState(names, DEFAULT_STYLE, false);
  const call = (
    _method: string,
    params: ExplainParams,
    options: { signal: AbortSignal; on: { frame: Asked['onFrame'] } },
  ) =>
    new Promise<Explanation>((answer, fail) => {
      const { signal } = options;
      signal.addEventListener('abort', () => fail(errors.cancelled()));
      calls.push({ params, signal, onFrame: options.on.frame, answer, fail });
    });
  const dispatch = (event: PanelEvent) => {
    state = reduce(state, event);
    queue.update();
  };
  const queue = createExplainQueue({
    engine: { call } as unknown as WindowEngine,
    state: () => state,
    dispatch,
    request: async (image, { target, model = {} }) => ({
      ...DEFAULT_CHOICE,
      view: 'v',
      image: { path: names[image]! },
      model,
      target,
      device: 'cpu',
      top: 5,
    }),
    ready: (image) => pictures.get(image)?.() ?? Promise.resolve(),
    maps: {
      find: async (params) => kept.get(keyOf(params)),
      keep: async (params, map) => void kept.set(keyOf(params), map),
    },
    modelInfo: async ({ model }) => ({ ...info, labels: { ...info.labels, value: LABELS[model?.path ?? 'net']! } }),
    failed: (thrown) => logged.push(thrown),
  });
  const ask = (image: number, ...wanted: Wanted[]) => dispatch({ type: 'asked', image, wanted });
  const asked = () => calls.map(({ params }) => [(params.image as { path: string }).path, params.target]);
  return {
    calls,
    logged,
    dispatch,
    ask,
    asked,
    queue,
    pictures,
    state: () => state,
    statuses: () => state.images.map((i) => i.status),
  };
}
