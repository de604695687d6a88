/**
 * A panel's questions to the engine: one image at a time, what is wanted of it in order, the image on screen first.
 * Whoever changes a question raises the image's run, and that is what stops the work on the older one.
 */
import { toExplainError } from '../core/errors';
import type { ExplainParams } from '../protocol/requests';
import type { ModelInfo } from '../protocol/webview';
import { classNamed } from './class-names';
import { classSought, type Wanted } from './comparison';
import type { WindowEngine } from './engine';
import { nextImage, type PanelEvent, type PanelState } from './panel-state';
import { summaryOf } from './summary';

export interface ExplainQueue {
  /** Brings the work in line with the state; called after every change of it. */
  update(): void;
  dispose(): void;
}

export interface QueueOptions {
  readonly engine: WindowEngine;
  state(): PanelState;
  dispatch(event: PanelEvent): void;
  /** What to ask for one explanation of an image. */
  request(image: number, wanted: Wanted): Promise<ExplainParams>;
  modelInfo(wanted: Wanted): Promise<ModelInfo>;
  /** For the log: the interface shows failures itself. */
  failed(thrown: unknown): void;
}

export function createExplainQueue(options: QueueOptions): ExplainQueue {
  const { engine, state, dispatch } = options;
  let work: { readonly image: number; readonly run: number; readonly abort: AbortController } | undefined;
  let disposed = false;

  function update(): void {
    if (disposed) return;
    const next = nextImage(state());
    if (work) {
      if (state().images[work.image]?.run !== work.run) work.abort.abort();
      else if (next !== undefined && next === state().active) dispatch({ type: 'preempted', image: work.image });
    } else if (next !== undefined) {
      start(next);
    }
  }

  function start(image: number): void {
    const { run } = state().images[image]!;
    const mine = { image, run, abort: new AbortController() };
    work = mine;
    void explainAll(image, run, mine.abort.signal).finally(() => {
      work = undefined;
      update();
    });
  }

  /** Of several models each is asked for the class of that name, one without it for its own top class. */
  async function askedOf(image: number, slot: number): Promise<{ asked: Wanted; differs?: string }> {
    const { wanted, slots } = state().images[image]!;
    const one = wanted[slot]!;
    const sought = classSought(wanted, slots, slot);
    if (!sought) return { asked: one };
    const { labels } = await options.modelInfo(one);
    const found = classNamed(labels.value, sought);
    if (typeof found === 'number') return { asked: { ...one, target: { index: found } } };
    return { asked: { ...one, target: 'top' }, differs: found };
  }

  async function explainAll(image: number, run: number, signal: AbortSignal) {
    const { wanted, slots } = state().images[image]!;
    for (const [slot, one] of wanted.entries()) {
      if (slots[slot]?.shown.state.kind !== 'working') continue;
      const at = { image, run, slot };
      dispatch({ type: 'started', ...at });
      try {
        const { asked, differs } = await askedOf(image, slot);
        const params = await options.request(image, asked);
        const answer = engine.call('explain', params, {
          signal,
          on: { frame: (frame) => dispatch({ type: 'frame', ...at, frame }) },
        });
        const [explanation, info] = await Promise.all([answer, options.modelInfo(one)]);
        const summary = summaryOf(explanation, info);
        dispatch({ type: 'explained', ...at, explanation, summary, ...(differs && { differs }) });
      } catch (thrown) {
        // Aborted: the event that raised the run has already said what the panel shows now.
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
