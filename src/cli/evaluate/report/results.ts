/** The results of an evaluation in numbers, which are the content of report.json. */

import { METHOD_NAMES, type MethodName } from '../../../core/methods/names';
import type { Curve, ScoreInfo } from '../../../core/metrics/measurement';
import { SCORES } from '../../../core/metrics/metric-table';
import { type CategoryAccuracy, type Pointed, pointingAccuracy } from '../../../core/metrics/pointing-game';
import type { ClassScore } from '../../../core/output';
import { type Estimate, estimateMean } from '../../../core/statistics/estimate';
import { comparePaired, holm, type PairedComparison } from '../../../core/statistics/paired';
import type { Stamped } from '../../../files/items';
import type { Entry } from '../journal/entry';

/** The scores of one map of one image, without its curves. */
export interface Row {
  readonly item: string;
  readonly category: string;
  readonly class: ClassScore;
  readonly map: string;
  readonly blank: boolean;
  readonly scores: Readonly<Record<string, number>>;
}

export interface MapSummary {
  readonly map: string;
  readonly title: string;
  readonly baseline: boolean;
  readonly images: number;
  readonly blank: number;
  readonly scores: Readonly<Record<string, Estimate>>;
  /** The mean curve over the images, by metric. */
  readonly curves: Readonly<Record<string, Curve>>;
  /** The accuracies of the pointing game. */
  readonly categories?: { readonly categories: readonly CategoryAccuracy[]; readonly mean: number };
}

export interface Comparison extends PairedComparison {
  readonly score: string;
  readonly a: string;
  readonly b: string;
  /** p after Holm's correction for all comparisons of this score. */
  readonly corrected: number;
}

export interface Failure {
  readonly error: string;
  /** Images and methods without results for this reason. */
  readonly items: readonly string[];
  readonly units: readonly string[];
}

export interface Results {
  readonly scores: Readonly<Record<string, ScoreInfo>>;
  readonly maps: readonly MapSummary[];
  readonly comparisons: readonly Comparison[];
  readonly failures: readonly Failure[];
  readonly rows: readonly Row[];
}

const BASELINES: Readonly<Record<string, string>> = { random: 'Random map', centre: 'Centre blob' };

export const titleOf = (map: string): string => BASELINES[map] ?? METHOD_NAMES[map as MethodName].title;

/**
 * @param entries may include entries of other items, which are ignored. Curves are summed while reading, so that memory
 *   does not grow with their number
 */
export async function summariseAll(entries: AsyncIterable<Entry>, items: readonly Stamped[]): Promise<Results> {
  const known = new Map(items.map((item) => [item.name, item]));
  const rows: Row[] = [];
  const curves = new Map<string, CurveSums>();
  const failures = new Map<string, { items: Set<string>; units: Set<string> }>();
  for await (const { item, stamp, unit, found } of entries) {
    if (known.get(item)?.stamp !== stamp) continue;
    if ('error' in found) {
      const failure = failures.get(found.error) ?? { items: new Set(), units: new Set() };
      failures.set(found.error, failure);
      failure.items.add(item);
      failure.units.add(unit);
      continue;
    }
    for (const { map, blank, scores, curves: own } of found.maps) {
      rows.push({ item, category: known.get(item)!.category ?? '', class: found.class, map, blank, scores });
      for (const [metric, curve] of Object.entries(own)) add(curves, `${map} ${metric}`, curve);
    }
  }
  const order = new Map(items.map(({ name }, i) => [name, i]));
  rows.sort((a, b) => order.get(a.item)! - order.get(b.item)!);

  const maps = [...new Set(rows.map(({ map }) => map))];
  const scores = Object.fromEntries(Object.entries(SCORES).filter(([name]) => rows.some((row) => name in row.scores)));
  return {
    scores,
    maps: maps.map((map) =>
      summaryOf(
        map,
        rows.filter((row) => row.map === map),
        scores,
        curves,
      ),
    ),
    comparisons: Object.entries(scores).flatMap(([score, { better }]) =>
      better === 'neither' ? [] : comparisonsOf(score, maps, rows),
    ),
    failures: [...failures].map(([error, f]) => ({ error, items: [...f.items], units: [...f.units] })),
    rows,
  };
}

interface CurveSums {
  readonly fractions: readonly number[];
  readonly sums: Float64Array;
  count: number;
}

function add(curves: Map<string, CurveSums>, key: string, { fractions, probabilities }: Curve): void {
  const known = curves.get(key) ?? { fractions, sums: new Float64Array(fractions.length), count: 0 };
  curves.set(key, known);
  known.count += 1;
  for (let i = 0; i < known.sums.length; i++) known.sums[i]! += probabilities[i]!;
}

function summaryOf(
  map: string,
  rows: readonly Row[],
  scores: Results['scores'],
  curves: ReadonlyMap<string, CurveSums>,
): MapSummary {
  const values = (score: string) => rows.flatMap((row) => row.scores[score] ?? []);
  const summaries = Object.keys(scores).flatMap((score) => {
    const found = values(score);
    return found.length > 0 ? [[score, estimateMean(found)] as const] : [];
  });
  const pointed = rows.flatMap(({ category, scores: { pointing } }): Pointed[] =>
    pointing === undefined ? [] : [{ category, hit: pointing === 1 }],
  );
  return {
    map,
    title: titleOf(map),
    baseline: map in BASELINES,
    images: rows.length,
    blank: rows.filter(({ blank }) => blank).length,
    scores: Object.fromEntries(summaries),
    curves: Object.fromEntries(
      [...curves].flatMap(([key, { fractions, sums, count }]) => {
        const [owner, metric] = key.split(' ') as [string, string];
        if (owner !== map) return [];
        return [[metric, { fractions, probabilities: Array.from(sums, (sum) => sum / count) }]];
      }),
    ),
    ...(pointed.length > 0 && { categories: pointingAccuracy(pointed) }),
  };
}

/** Compares each method with every other and with the baselines, on the images for which both have the score. */
function comparisonsOf(score: string, maps: readonly string[], rows: readonly Row[]): Comparison[] {
  const byMap = new Map(maps.map((map) => [map, new Map<string, number>()]));
  for (const row of rows) {
    const value = row.scores[score];
    if (value !== undefined) byMap.get(row.map)!.set(row.item, value);
  }
  const pairs = maps.flatMap((a, i) =>
    maps.slice(i + 1).flatMap((b) => (a in BASELINES && b in BASELINES ? [] : [{ a, b }])),
  );
  const compared = pairs.flatMap(({ a, b }) => {
    const [first, second] = [byMap.get(a)!, byMap.get(b)!];
    const shared = [...first.keys()].filter((item) => second.has(item));
    if (shared.length === 0) return [];
    const values = (of: ReadonlyMap<string, number>) => shared.map((item) => of.get(item)!);
    return [{ score, a, b, ...comparePaired(values(first), values(second)) }];
  });
  const corrected = holm(compared.map(({ p }) => p));
  return compared.map((comparison, i) => ({ ...comparison, corrected: corrected[i]! }));
}
