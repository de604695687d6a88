/** Numbers of each version, for lines over versions. */

import { pausing } from '../../../files/pause';
import type { TrendPoint } from '../../../protocol/versions';
import { keyOf } from '../file/tables';
import { numberIn } from '../file/values';
import { DONE, pairOf, type State, sweepKind, UNKNOWN, type Version, YES } from '../state';
import { sharedRows } from './pairs';
import { updateShifts } from './shifts';

/** See `TrendPoint`; versions come in the order in which they were added. */
export async function trendOf(state: State, signal: { readonly aborted: boolean }): Promise<readonly TrendPoint[]> {
  const points: TrendPoint[] = [];
  let before: Version | undefined;
  for (const version of [...state.versions.values()]) {
    const numbers = await numbersOf(state, version, pausing(signal));
    const change = before && (await changeBetween(state, before, version, signal));
    points.push({ version: version.id, ...numbers, ...(change !== undefined && { change }) });
    before = version;
  }
  return points;
}

/** The mean of what is known. */
function createMean() {
  let [sum, count] = [0, 0];
  return {
    add(value: number | undefined) {
      if (value === undefined || Number.isNaN(value)) return;
      sum += value;
      count++;
    },
    value: () => (count > 0 ? sum / count : undefined),
  };
}

async function numbersOf(state: State, version: Version, pause: () => Promise<void>) {
  const { db, order } = state;
  const { of } = version.columns;
  const swept = sweepKind(state, version)?.id ?? 0;
  const [right, lost, inBoxes] = [createMean(), createMean(), createMean()];
  let rows = 0;
  for (const item of order) {
    if (of.state[item] !== DONE) continue;
    rows++;
    if (of.correct[item] !== UNKNOWN) right.add(Number(of.correct[item] === YES));
    lost.add(of.loss[item]);
    // Rows that show a better map have the sweep's in the table: only maps of one method are compared.
    if (of.kind[item] === swept) inBoxes.add(of.energy[item]);
    else if (swept)
      inBoxes.add(numberIn(db.get('SELECT energy FROM maps WHERE key = ?', keyOf(swept, item))?.['energy']));
    if (rows % 1000 === 0) await pause();
  }
  const [accuracy, loss, energy] = [right.value(), lost.value(), inBoxes.value()];
  return {
    rows,
    ...(accuracy !== undefined && { accuracy }),
    ...(loss !== undefined && { loss }),
    ...(energy !== undefined && { energy }),
  };
}

async function changeBetween(state: State, a: Version, b: Version, signal: { readonly aborted: boolean }) {
  await updateShifts(state, a.id, b.id, pausing(signal), () => {});
  const { shift } = pairOf(state, a.id, b.id).columns.of;
  const mean = createMean();
  for (const { item, isSame } of sharedRows(state, a, b)) if (isSame) mean.add(shift[item]);
  return mean.value();
}
