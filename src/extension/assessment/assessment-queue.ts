/**
 * The queue of a panel's measurements and sanity checks. They run one at a time, those of the image on screen first.
 * They do not delay explanations, which the engine computes first.
 */
import { toExplainError } from '../../core/errors';
import type { MeasuredMap, Measurement, Metric } from '../../core/metrics/measurement';
import type { Explanation } from '../../protocol/explanation';
import type { ImageSource, MeasureParams, ModelChoice, SanityParams } from '../../protocol/requests';
import type { AssessmentPart } from '../../protocol/webview';
import type { WindowEngine } from '../engine';
import type { Wanted } from '../explanation/comparison';
import type { PanelEvent, PanelImage, PanelState } from '../panel/panel-state';
import { type AssessmentChange, isUnfinished } from './assessment';

export interface AssessmentQueue {
  /** Starts or stops work according to the state. Call this after every change of the state. */
  update(): void;
  dispose(): void;
}

export interface AssessmentQueueOptions {
  readonly engine: WindowEngine;
  state(): PanelState;
  dispatch(event: PanelEvent): void;
  /** The image and the model of an explanation. */
  subject(image: number, wanted: Wanted): Promise<Subject>;
  /** Called with failures, for the log. The interface shows them by itself. */
  failed(thrown: unknown): void;
}

export interface Subject {
  /** A newer request of the same view replaces the older one. */
  readonly view: string;
  readonly image: ImageSource;
  readonly model: ModelChoice;
}

interface Question {
  readonly image: number;
  readonly slot: number;
  readonly part: AssessmentPart;
  readonly of: Explanation;
}

export function createAssessmentQueue({
  engine,
  state,
  dispatch,
  ...options
}: AssessmentQueueOptions): AssessmentQueue {
  let work: { readonly question: Question; readonly abort: AbortController } | undefined;
  let disposed = false;

  function update(): void {
    if (disposed) return;
    if (work) {
      if (!isOpen(state(), work.question)) work.abort.abort();
      return;
    }
    const question = nextQuestion(state());
    if (!question) return;
    const abort = new AbortController();
    work = { question, abort };
    void answer(question, abort.signal).finally(() => {
      work = undefined;
      update();
    });
  }

  async function answer(question: Question, signal: AbortSignal): Promise<void> {
    const { part, ...at } = question;
    const change = (next: AssessmentChange) => dispatch({ type: 'assessment', ...at, change: next });
    try {
      await { measurement: measure, sanity: check }[part](question, signal, change);
      change({ type: 'done', part });
    } catch (thrown) {
      // After an abort, the event that ended the request has already updated the panel.
      if (signal.aborted) return;
      options.failed(thrown);
      change({ type: 'failed', part, message: toExplainError(thrown).message });
    }
  }

  type Change = (change: AssessmentChange) => void;

  async function measure({ image, slot, of }: Question, signal: AbortSignal, change: Change): Promise<void> {
    const { wanted, slots } = state().images[image]!;
    const maps = knownBaselines({ wanted, slots }, slot);
    const subject = await options.subject(image, wanted[slot]!);
    const { metrics, note } = metricsFor(of.passes, subject.model);
    change({ type: 'started', part: 'measurement', maps, note });
    const measurement = await engine.call('measure', measureParams(subject, of, metrics, maps), {
      signal,
      on: {
        progress: (progress) => change({ type: 'measuring', progress }),
        waits: ({ isWaiting }) => change({ type: 'waits', part: 'measurement', waits: isWaiting }),
        measured: (measured) => change({ type: 'measured', measurement: withPlainPictures(measured) }),
      },
    });
    change({ type: 'measured', measurement: withPlainPictures(measurement) });
  }

  async function check({ image, slot, of }: Question, signal: AbortSignal, change: Change): Promise<void> {
    change({ type: 'started', part: 'sanity' });
    const subject = await options.subject(image, state().images[image]!.wanted[slot]!);
    const { methods } = await engine.call('sanity', sanityParams(subject, of), {
      signal,
      on: {
        map: (progress) => change({ type: 'checking', progress }),
        waits: ({ isWaiting }) => change({ type: 'waits', part: 'sanity', waits: isWaiting }),
      },
    });
    change({ type: 'checked', check: methods[0]! });
  }

  return {
    update,
    dispose: () => {
      disposed = true;
      work?.abort.abort();
    },
  };
}

const PARTS: readonly AssessmentPart[] = ['measurement', 'sanity'];

/** The next request: for the image that the user looks at, otherwise for the first image that has one. */
export function nextQuestion({ images, active }: PanelState): Question | undefined {
  for (const image of [active, ...images.keys()]) {
    for (const part of PARTS) {
      const slot = images[image]!.slots.findIndex((one) => one.assessment?.[part]?.work.kind === 'waiting');
      const of = images[image]!.slots[slot]?.explanation;
      if (of) return { image, slot, part, of };
    }
  }
  return undefined;
}

/** False after the request was cancelled or its explanation was replaced. */
function isOpen({ images }: PanelState, { image, slot, part, of }: Question): boolean {
  const asked = images[image]?.slots[slot];
  return asked?.explanation === of && asked.assessment !== undefined && isUnfinished(asked.assessment, part);
}

const BASELINES = ['random', 'centre'] as const satisfies readonly MeasuredMap[];

/** The baselines' scores, if they were measured already for another map of the same image, class and model. */
export function knownBaselines(
  { wanted, slots }: Pick<PanelImage, 'wanted' | 'slots'>,
  at: number,
): Pick<Measurement['maps'], (typeof BASELINES)[number]> {
  const key = (slot: number) => JSON.stringify([slots[slot]?.explanation?.class, wanted[slot]?.model]);
  const known = slots.find(({ assessment }, slot) => {
    return key(slot) === key(at) && assessment?.measurement?.work.kind === 'done';
  });
  const { random, centre } = known?.assessment?.measurement?.maps ?? {};
  return { ...(random && { random }), ...(centre && { centre }) };
}

const METRICS: readonly Metric[] = ['insertion', 'deletion', 'road', 'average-drop', 'sparseness'];

/**
 * The largest number of passes of an explanation for which max-sensitivity is measured, since it explains ten noisy
 * images.
 */
const MOST_PASSES = 100;

/**
 * The metrics for a map, and a sentence that says which are left out and why; the sentence is empty if none is.
 *
 * @param passes number of passes for the map
 */
export function metricsFor(passes: number, { layer }: ModelChoice): { metrics: readonly Metric[]; note: string } {
  if (typeof layer === 'object' && layer.length > 1)
    return { metrics: METRICS, note: 'ADCC and max-sensitivity are not measured of several layers averaged.' };
  const metrics: readonly Metric[] = [...METRICS, 'adcc'];
  if (passes > MOST_PASSES)
    return { metrics, note: `Max-sensitivity is left out: it would take ten times the map’s ${passes} passes.` };
  return { metrics: [...metrics, 'max-sensitivity'], note: '' };
}

/** The seed is the same everywhere, so that all maps of an image are compared with the same random map. */
const SEED = 0;

function measureParams(
  subject: Subject,
  explanation: Explanation,
  metrics: readonly Metric[],
  known: Measurement['maps'],
): MeasureParams {
  return {
    ...subject,
    explanation,
    metrics: metrics.map((metric) => ({ metric })),
    maps: ['explanation', ...BASELINES.filter((map) => !known[map])],
    seed: SEED,
    pictures: true,
  };
}

/** Converts the pictures to a form that `postMessage` to a webview accepts. */
function withPlainPictures(measurement: Measurement): Measurement {
  const pictures = Object.entries(measurement.pictures).map(([metric, { from, to }]) => {
    return [metric, { from: new Uint8Array(from), to: new Uint8Array(to) }] as const;
  });
  return { ...measurement, pictures: Object.fromEntries(pictures) };
}

/** Weights are randomised three times, since a single draw may be unusual. */
const SEEDS = [0, 1, 2];
/** As many depths as fit side by side. */
const DEPTHS = 6;

function sanityParams(subject: Subject, { method, options, blur, device, class: index }: Explanation): SanityParams {
  const methods = [{ method, options, blur }];
  return { ...subject, target: { index }, device, methods, randomisations: ['cascading'], steps: DEPTHS, seeds: SEEDS };
}
