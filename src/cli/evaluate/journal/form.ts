/** The form of a journal's lines and the ranges of their numbers. */
import * as v from 'valibot';
import { METHODS } from '../../../core/methods/names';
import { MEASURED_MAPS, METRICS } from '../../../core/metrics/measurement';
import { SCORE_RANGES } from '../../../core/metrics/metric-table';
import { fields, finite, numbers, record } from '../../../core/schema';
import type { Entry } from './entry';

export const SETTINGS_LINE = fields({ settings: record });

/** Probabilities of half floats and of quantised scores can be a little below 0 or above 1. */
const SLACK = 0.01;

type Range = readonly [lowest: number, highest: number];

const lies = (value: unknown, [lowest, highest]: Range) =>
  typeof value === 'number' && value >= lowest - SLACK && value <= highest + SLACK;

const words = ([lowest, highest]: Range) =>
  highest < Number.MAX_VALUE ? `from ${lowest} to ${highest}` : `from ${lowest} on`;

const UNIT: Range = [0, 1];
const probability = v.custom<number>((value) => lies(value, UNIT), `a number ${words(UNIT)}`);

/** Fractions of the pixels start with 0, end with 1 and never decrease. */
const isWay = (fractions: readonly number[]) =>
  fractions[0] === 0 && fractions.at(-1) === 1 && fractions.every((share, i) => i === 0 || share >= fractions[i - 1]!);

const METRIC_NAMES: readonly string[] = METRICS;

const FAILURE = fields({ error: v.string() });

const SCORES = v.record(v.picklist(Object.keys(SCORE_RANGES)), finite);

const SCORES_IN_RANGE = v.pipe(
  SCORES,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [key, value] of Object.entries(dataset.value)) {
      const range = SCORE_RANGES[key]!;
      const path = [{ type: 'object', origin: 'value', input: dataset.value, key, value }] as const;
      if (!lies(value, range)) addIssue({ message: `a number ${words(range)}`, input: value, path: [...path] });
    }
  }),
);

/** @param probabilities whether the network's answers are probabilities; for other scores no range is known */
export function entryForm(probabilities: boolean) {
  const curve = v.pipe(
    fields({
      fractions: v.pipe(numbers, v.check(isWay, 'numbers from 0 to 1, none below the one before')),
      probabilities: probabilities
        ? v.pipe(
            numbers,
            v.everyItem((p) => lies(p, UNIT), `numbers ${words(UNIT)}`),
          )
        : numbers,
    }),
    v.check((curve) => curve.fractions.length === curve.probabilities.length, 'as many probabilities as fractions'),
  );
  const map = fields({
    map: v.string(),
    blank: v.boolean(),
    scores: probabilities ? SCORES_IN_RANGE : SCORES,
    curves: v.record(v.picklist(METRIC_NAMES), curve),
  });
  const finding = fields({
    class: fields({
      class: v.pipe(v.number(), v.integer('the index of a class'), v.minValue(0, 'the index of a class')),
      label: v.string(),
      probability: probabilities ? probability : finite,
    }),
    maps: v.array(map),
  });
  return v.pipe(
    fields({
      item: v.string(),
      stamp: v.string(),
      unit: v.picklist([...METHODS, 'baselines']),
      found: v.lazy((found): typeof FAILURE | typeof finding => (v.is(FAILURE, found) ? FAILURE : finding)),
    }),
    v.check((entry) => areOfUnit(entry), 'the maps of its unit'),
  );
}

const BASELINES: ReadonlySet<string> = new Set(MEASURED_MAPS.filter((map) => map !== 'explanation'));

function areOfUnit({ unit, found }: Entry): boolean {
  if ('error' in found) return true;
  return found.maps.every(({ map }) => (unit === 'baselines' ? BASELINES.has(map) : map === unit));
}
