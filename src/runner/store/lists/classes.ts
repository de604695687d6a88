/** Confusion, accuracy by category, and calibration of a version. */
import type { Calibration, CategoryStatistics, ClassesInfo } from '../../../protocol/dataset';
import { DONE, type State, UNKNOWN, type Version, YES } from '../state';

const BINS = 10;

export function classesOf(state: State, version: Version): ClassesInfo {
  const { items, sets, meta, order } = state;
  const { of } = version.columns;
  const columns = columnsOf(version, order);
  const place = new Map(columns.map((index, i) => [index, i]));
  const counts = new Uint32Array((meta.categories.length + 1) * columns.length);
  const means = meta.categories.map((_, category) => new Set(version.info.classes[category] ?? []));
  const [count, correct, predicted] = [0, 1, 2].map(() => new Uint32Array(meta.categories.length)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const categoriesOf = invert(version.info.classes, meta.categories.length);
  let [rows, known, right] = [0, 0, 0];
  for (const id of order) {
    if (of.state[id] !== DONE) continue;
    const set = sets[items.of.set[id]!]!;
    const column = place.get(of.predicted[id]!);
    for (const category of set.length > 0 ? set : [meta.categories.length])
      if (column !== undefined) counts[category * columns.length + column]!++;
    if (set.length === 0) continue;
    rows++;
    if (of.correct[id] !== UNKNOWN) known++;
    if (of.correct[id] === YES) right++;
    for (const category of set) {
      count[category]!++;
      if (means[category]!.has(of.predicted[id]!)) correct[category]!++;
    }
    for (const category of categoriesOf.get(of.predicted[id]!) ?? []) predicted[category]!++;
  }
  const categories = meta.categories.map((_, category): CategoryStatistics => {
    const hasClass = means[category]!.size > 0;
    const [all, said, hits] = [count[category]!, predicted[category]!, correct[category]!];
    return {
      category,
      count: all,
      predicted: said,
      correct: hits,
      ...(hasClass && all > 0 && { recall: hits / all }),
      ...(hasClass && said > 0 && { precision: hits / said }),
    };
  });
  return {
    rows,
    judged: known,
    ...(known > 0 && { accuracy: right / known }),
    categories,
    confusion: { columns, counts },
    calibration: calibrationOf(state, version),
  };
}

/** Classes that categories mean, in the order of categories, so that a diagonal shows; then others that are predicted. */
function columnsOf({ info, columns }: Version, order: Uint32Array): readonly number[] {
  const { state, predicted } = columns.of;
  const found = new Set<number>();
  for (const id of order) if (state[id] === DONE && predicted[id]! >= 0) found.add(predicted[id]!);
  const others = [...found].sort((a, b) => a - b);
  return [...new Set([...info.classes.flat(), ...others])];
}

function invert(classes: readonly (readonly number[])[], categories: number): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const [category, indices] of classes.slice(0, categories).entries())
    for (const index of new Set(indices)) {
      const known = found.get(index);
      if (known) known.push(category);
      else found.set(index, [category]);
    }
  return found;
}

/** Bins are open below and closed above, as in equation 2 of Guo et al.; p = 0 is in the first one. */
function calibrationOf({ order }: State, { columns, info }: Version): Calibration {
  const { p, correct, state } = columns.of;
  const count = new Uint32Array(BINS);
  const [confidence, right] = [new Float64Array(BINS), new Uint32Array(BINS)];
  let all = 0;
  if (info.activation !== 'none')
    for (const id of order) {
      const value = p[id]!;
      if (state[id] !== DONE || correct[id] === UNKNOWN || Number.isNaN(value)) continue;
      const bin = Math.min(BINS - 1, Math.max(0, Math.ceil(value * BINS) - 1));
      count[bin]!++;
      confidence[bin]! += value;
      if (correct[id] === YES) right[bin]!++;
      all++;
    }
  const mean = (sum: number, bin: number) => (count[bin] ? sum / count[bin]! : 0);
  const bins = Array.from(count, (rows, bin) => ({
    count: rows,
    confidence: mean(confidence[bin]!, bin),
    accuracy: mean(right[bin]!, bin),
  }));
  const error = bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.accuracy - bin.confidence), 0);
  return { bins, ...(all > 0 && { ece: error / all }) };
}
