/** Reducer for the measurements of a map. Pure. */

import type { MeasuredMap, Measurement } from '../../core/metrics/measurement';
import { METRIC_NAMES } from '../../core/metrics/measurement';
import type { SanityOfMethod, SanityProgress } from '../../core/sanity/types';
import type { MeasureProgress } from '../../protocol/requests';
import type { Assessment, AssessmentPart, AssessmentWork, ShownCheck, ShownMeasurement } from '../../protocol/webview';

export type AssessmentChange =
  | { readonly type: 'asked'; readonly part: AssessmentPart }
  /**
   * `maps` are baselines that were measured for another map of the same image. `note` says which metrics are left out,
   * and why.
   */
  | {
      readonly type: 'started';
      readonly part: AssessmentPart;
      readonly maps?: Measurement['maps'];
      readonly note?: string;
    }
  /** The engine computes for another editor first, or goes on. */
  | { readonly type: 'waits'; readonly part: AssessmentPart; readonly waits: boolean }
  | { readonly type: 'measuring'; readonly progress: MeasureProgress }
  /** The results so far. */
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'checking'; readonly progress: SanityProgress }
  | { readonly type: 'checked'; readonly check: SanityOfMethod }
  | { readonly type: 'done'; readonly part: AssessmentPart }
  | { readonly type: 'failed'; readonly part: AssessmentPart; readonly message: string }
  | { readonly type: 'cancelled'; readonly part: AssessmentPart };

const WAITING: AssessmentWork = { kind: 'waiting' };
const NOTHING_MEASURED: ShownMeasurement = { work: WAITING, note: '', maps: {}, scores: {}, pictures: {} };
const NOTHING_CHECKED: ShownCheck = { work: WAITING, maps: [] };

const MAPS: Readonly<Record<MeasuredMap, string>> = {
  explanation: 'this map',
  random: 'random map',
  centre: 'centre blob',
};

export function grow(assessment: Assessment, change: AssessmentChange): Assessment {
  const { measurement = NOTHING_MEASURED, sanity = NOTHING_CHECKED } = assessment;
  switch (change.type) {
    case 'asked':
      return {
        ...assessment,
        ...(change.part === 'sanity' ? { sanity: NOTHING_CHECKED } : { measurement: NOTHING_MEASURED }),
      };
    case 'started': {
      const started = withWork(assessment, change.part, { kind: 'working', text: 'Preparing', share: 0 });
      if (change.part === 'sanity') return started;
      const { maps = {}, note = '' } = change;
      return { ...started, measurement: { ...started.measurement!, maps, note } };
    }
    case 'waits':
      return heldUp(assessment, change.part, change.waits);
    case 'measuring':
      return { ...assessment, measurement: measuring(measurement, change.progress) };
    case 'measured': {
      const { maps, scores, pictures } = change.measurement;
      return {
        ...assessment,
        measurement: { ...measurement, maps: { ...measurement.maps, ...maps }, scores, pictures },
      };
    }
    case 'checking': {
      const { done, total, map } = change.progress;
      const work: AssessmentWork = { kind: 'working', text: `${done} of ${total} maps`, share: done / total };
      return { ...assessment, sanity: { ...sanity, work, maps: [...sanity.maps, map] } };
    }
    case 'checked':
      return { ...assessment, sanity: { ...sanity, maps: change.check.maps, verdict: change.check.verdict } };
    case 'done':
      return withWork(assessment, change.part, { kind: 'done' });
    case 'failed':
      return withWork(assessment, change.part, { kind: 'failed', message: change.message });
    case 'cancelled':
      return isUnfinished(assessment, change.part)
        ? withWork(assessment, change.part, { kind: 'cancelled' })
        : assessment;
  }
}

function measuring(before: ShownMeasurement, { map, metric, share, curve }: MeasureProgress): ShownMeasurement {
  const text = `${MAPS[map]}, ${METRIC_NAMES[metric].title.toLowerCase()}`;
  const known = before.maps[map] ?? { scores: {}, curves: {} };
  const grown = curve ? { ...known, curves: { ...known.curves, [metric]: curve } } : known;
  return { ...before, work: { kind: 'working', text, share }, maps: { ...before.maps, [map]: grown } };
}

/** What was reached stays. */
function heldUp(assessment: Assessment, part: AssessmentPart, waits: boolean): Assessment {
  const work = assessment[part]?.work;
  if (work?.kind !== 'working') return assessment;
  const { isHeld: _, ...reached } = work;
  return withWork(assessment, part, waits ? { ...reached, isHeld: true } : reached);
}

function withWork(assessment: Assessment, part: AssessmentPart, work: AssessmentWork): Assessment {
  return { ...assessment, [part]: { ...assessment[part], work } };
}

/** True from the request until its answer, failure or cancellation. */
export function isUnfinished(assessment: Assessment, part: AssessmentPart): boolean {
  const kind = assessment[part]?.work.kind;
  return kind === 'waiting' || kind === 'working';
}
