/**
 * The queue of a panel's requests to the engine: one image at a time, its explanations in order, the image on screen
 * first. Cached results need no request, and do not stop the work on another image. Every change of a request raises
 * the image's `run`, which stops the work on the older request.
 */
import { toExplainError } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import type { ExplainParams, FileStamp } from '../../protocol/requests';
import type { WindowEngine } from '../engine';
import type { MapStore } from '../maps/map-store';
import { classNamed } from '../model/class-names';
import { nextImage, type PanelEvent, type PanelState } from '../panel/panel-state';
import { summaryOf } from '../status/summary';
import { classSought, comparedBy, type Wanted } from './comparison';

export interface ExplainQueue {
  /** Starts or stops work according to the state. Call this after every change of the state. */
  update(): void;
  dispose(): void;
}

export interface QueueOptions {
  readonly engine: WindowEngine;
  state(): PanelState;
  dispatch(event: PanelEvent): void;
  /** The parameters of the request for one explanation of an image. */
  request(image: number, wanted: Wanted): Promise<ExplainParams>;
  /** Resolves when the engine may start with an image. */
  ready(image: number): Promise<void>;
  readonly maps: Pick<MapStore, 'find' | 'keep'>;
  modelInfo(wanted: Wanted): Promise<ModelInfo>;
  /** Called with failures, for the log. The interface shows them by itself. */
  failed(thrown: unknown): void;
}

export function createExplainQueue(options: QueueOptions): ExplainQueue {
  const { engine, state, dispatch, maps } = options;
  let work: { readonly image: number; readonly run: number; readonly abort: AbortController } | undefined;
  /** By image. */
  const recalled = new Map<number, { readonly run: number; readonly answered: Promise<unknown> }>();
  let disposed = false;

  function update(): void {
    if (disposed) return;
    const next = nextImage(state());
    if (work) {
      if (runOf(work.image) !== work.run) work.abort.abort();
      else if (next !== undefined && next === state().active) void overtake(next, work);
    } else if (next !== undefined) {
      start(next);
    }
  }

  const runOf = (image: number) => state().images[image]?.run;

  function start(image: number): void {
    const { run } = state().images[image]!;
    const mine = { image, run, abort: new AbortController() };
    work = mine;
    void explainAll(image, run, mine.abort.signal).finally(() => {
      work = undefined;
      update();
    });
  }

  /** Lets the image on screen go first, unless all its explanations are cached. */
  async function overtake(image: number, before: NonNullable<typeof work>): Promise<void> {
    const run = runOf(image);
    await recall(image);
    const { images, active } = state();
    const isStillNext = active === image && runOf(image) === run && images[image]?.status === 'queued';
    const isStillAtWork = !disposed && work === before && runOf(before.image) === before.run;
    if (isStillNext && isStillAtWork) dispatch({ type: 'preempted', image: before.image });
  }

  /** Answers from the cache, once for each run of an image. */
  function recall(image: number): Promise<unknown> {
    const { run } = state().images[image]!;
    const before = recalled.get(image);
    if (before?.run === run) return before.answered;
    const answered = recallAll(image, run);
    recalled.set(image, { run, answered });
    return answered;
  }

  async function recallAll(image: number, run: number): Promise<void> {
    const { wanted } = state().images[image]!;
    for (const slot of wanted.keys()) {
      if (runOf(image) !== run) return;
      if (!isOpen(image, slot)) continue;
      // An image or a model that can't be read is reported when it is explained.
      const question = await questionOf(image, slot).catch(() => undefined);
      const known = question && (await maps.find(question.params));
      if (known) {
        const { explanation, summary } = known;
        const { differs } = question;
        dispatch({ type: 'explained', image, run, slot, explanation, summary: { ...summary, kept: true }, ...differs });
      } else if (comparedBy(wanted) === 'models') {
        // The requests of the others depend on its answer.
        return;
      }
    }
  }

  const isOpen = (image: number, slot: number) => state().images[image]?.slots[slot]?.shown.state.kind === 'working';

  /**
   * The request for a slot. If models are compared, each is asked for the class of the same name, and a model without
   * it for its own top class.
   */
  async function questionOf(image: number, slot: number) {
    const { wanted, slots } = state().images[image]!;
    const one = wanted[slot]!;
    const sought = classSought(wanted, slots, slot);
    const found = sought && classNamed((await options.modelInfo(one)).labels.value, sought);
    const target = typeof found === 'number' ? { index: found } : found ? 'top' : one.target;
    const params = await options.request(image, { ...one, target });
    return { params, differs: typeof found === 'string' ? { differs: found } : {} };
  }

  async function explainAll(image: number, run: number, signal: AbortSignal) {
    await recall(image);
    const { wanted } = state().images[image]!;
    for (const [slot, one] of wanted.entries()) {
      if (signal.aborted) return;
      if (!isOpen(image, slot)) continue;
      const at = { image, run, slot };
      dispatch({ type: 'started', ...at });
      try {
        await options.ready(image);
        const { params, differs } = await questionOf(image, slot);
        let files: readonly FileStamp[] = [];
        const answer = engine.call('explain', params, {
          signal,
          on: {
            frame: (frame) => dispatch({ type: 'frame', ...at, frame }),
            waits: ({ isWaiting }) => dispatch({ type: 'waits', ...at, waits: isWaiting }),
            files: (found) => {
              files = found;
            },
          },
        });
        const [explanation, info] = await Promise.all([answer, options.modelInfo(one)]);
        const summary = summaryOf(explanation, info);
        dispatch({ type: 'explained', ...at, explanation, summary, ...differs });
        void maps.keep(params, { explanation, summary, files });
      } catch (thrown) {
        // After an abort, the event that raised the run has already updated the panel.
        if (signal.aborted) return;
        const { code, message } = toExplainError(thrown);
        options.failed(thrown);
        dispatch({ type: 'failed', ...at, code, message });
      }
    }
  }

  return {
    update,
    dispose: () => {
      disposed = true;
      work?.abort.abort();
    },
  };
}
