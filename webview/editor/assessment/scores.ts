/** Scores of maps, side by side: the columns and rows of a table. Pure. */

import type { MeasuredMap, ScoreInfo } from '../../../src/core/metrics/measurement';
import type { Assessment, EditorState, Slot } from '../../../src/protocol/webview';

export interface Column {
  readonly title: string;
  readonly hint: string;
  /** True for a baseline, which does not depend on the network. */
  readonly baseline: boolean;
  /** Undefined until something is measured. */
  readonly scores: Readonly<Record<string, number>> | undefined;
}

export interface Row {
  readonly name: string;
  readonly info: ScoreInfo;
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly text: string;
  /** True if the score is better than all others of its row. */
  readonly best: boolean;
}

type Baseline = Exclude<MeasuredMap, 'explanation'>;

export const BASELINES: Readonly<Record<Baseline, { readonly title: string; readonly hint: string }>> = {
  random: { title: 'Random', hint: 'A map of random values: what chance gives' },
  centre: { title: 'Centre', hint: 'A blob in the middle of the image: what needs no network' },
};

/** The columns: one for each slot, then the baselines, whose scores belong to the slot in focus. */
export function columnsOf(
  { slots, assessment }: Pick<EditorState, 'slots' | 'assessment'>,
  focused: number,
): readonly Column[] {
  const title = (slot: Slot) => (slots.length > 1 ? slot.title : 'This map');
  const own = slots.map((slot, i): Column => {
    const scores = assessment[i]?.measurement?.maps.explanation?.scores;
    return { title: title(slot), hint: slot.title, baseline: false, scores: filled(scores) };
  });
  const baselines = Object.entries(BASELINES).map(([map, about]): Column => {
    return { ...about, baseline: true, scores: filled(baselineOf(assessment, focused, map as Baseline)) };
  });
  return [...own, ...baselines];
}

function baselineOf(assessment: readonly Assessment[], focused: number, map: Baseline) {
  return assessment[focused]?.measurement?.maps[map]?.scores;
}

/** Curves arrive before scores, so the scores may be empty. */
const filled = (scores: Column['scores']) => (scores && Object.keys(scores).length > 0 ? scores : undefined);

/** Descriptions of the scores, from all measurements. */
export function scoresOf(assessment: readonly Assessment[]): Readonly<Record<string, ScoreInfo>> {
  return Object.assign({}, ...assessment.map(({ measurement }) => measurement?.scores));
}

export function rowsOf(columns: readonly Column[], scores: Readonly<Record<string, ScoreInfo>>): readonly Row[] {
  return Object.entries(scores).map(([name, info]) => {
    const values = columns.map((column) => column.scores?.[name]);
    const best = bestOf(values, info);
    return { name, info, cells: values.map((value, i) => ({ text: textOf(value), best: i === best })) };
  });
}

const textOf = (value: number | undefined): string => {
  if (value === undefined) return '–';
  return Number.isInteger(value) ? String(value) : value.toFixed(3).replace('-', '−');
};

/** Index of the best value; undefined if several are equally good. */
function bestOf(values: readonly (number | undefined)[], { better }: ScoreInfo): number | undefined {
  const known = values.flatMap((value, i) => (value === undefined ? [] : [{ value, i }]));
  if (better === 'neither' || known.length < 2) return undefined;
  const [first, second] = known.sort((a, b) => sign(better) * (b.value - a.value));
  return first!.value === second!.value ? undefined : first!.i;
}

const sign = (better: ScoreInfo['better']) => (better === 'lower' ? -1 : 1);

/** Compares one of the maps with each baseline, in words; empty if nothing can be compared. */
export function sentenceOf(
  columns: readonly Column[],
  scores: Readonly<Record<string, ScoreInfo>>,
  focused: number,
): string {
  const own = columns[focused];
  const pieces = columns.flatMap(({ title, baseline, scores: theirs }) => {
    if (!baseline || !theirs || !own?.scores) return [];
    const compared = Object.entries(scores).filter(([name, { better }]) => {
      return better !== 'neither' && theirs[name] !== undefined && own.scores![name] !== undefined;
    });
    const won = compared.filter(([name, { better }]) => sign(better) * (own.scores![name]! - theirs[name]!) > 0);
    return [`${title.toLowerCase()} in ${won.length} of ${compared.length}`];
  });
  return pieces.length > 0 ? `${own!.title}: better than ${pieces.join(', than ')} measures.` : '';
}
