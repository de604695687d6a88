/** Statistics of `npm run finetune-paper`. Arguments: the folder with the results of one network. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { estimateMean } from '../../src/core/statistics/estimate';
import { comparePaired, holm } from '../../src/core/statistics/paired';

interface Result {
  readonly arm: string;
  readonly seed: number;
  /** A digit for each test image: 1 where the answer is right. */
  readonly correct: string;
  /** Seconds of processor time, if the training was not interrupted. */
  readonly work?: number;
}

const folder = process.argv[2]!;
const results: readonly Result[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
const of = (arm: string) => results.filter((result) => result.arm === arm).sort((a, b) => a.seed - b.seed);

/** Share of seeds for which each image is right, over the seeds that both arms have; images of a seed are its own. */
function pairs(arm: string, other: string) {
  const both = of(arm).flatMap((one) => {
    const two = of(other).find(({ seed }) => seed === one.seed);
    return two ? [[one.correct, two.correct] as const] : [];
  });
  const bits = (side: 0 | 1) => both.flatMap((pair) => Array.from(pair[side], Number));
  return { seeds: both.length, a: bits(0), b: bits(1), lengths: both.map(([one]) => one.length) };
}

/** Means over seeds where the seeds share their test images, so that an image counts once. */
function byImage({ a, b, seeds, lengths }: ReturnType<typeof pairs>, shared: boolean) {
  if (!shared) return { a, b };
  const length = lengths[0] ?? 0;
  const means = (all: readonly number[]) =>
    Array.from({ length }, (_, i) => lengths.reduce((sum, _n, s) => sum + all[s * length + i]!, 0) / seeds);
  return { a: means(a), b: means(b) };
}

const shared = process.argv[3] === 'shared';
const arms = [...new Set(results.map(({ arm }) => arm))];
const plain = of('plain');
const rows = arms.map((arm) => {
  const own = of(arm);
  const accuracies = own.map(
    ({ correct }) => Array.from(correct, Number).reduce((sum, bit) => sum + bit, 0) / correct.length,
  );
  const times = own.flatMap(({ seed, work }) => {
    const base = plain.find((one) => one.seed === seed)?.work;
    return base && work ? [work / base] : [];
  });
  const paired = pairs(arm, 'plain');
  const { a, b } = byImage(paired, shared);
  return {
    arm,
    seeds: own.length,
    accuracy: estimateMean(accuracies),
    ...(arm !== 'plain' && a.length > 0 && { against: comparePaired(a, b) }),
    ...(times.length > 0 && arm !== 'untouched' && { time: estimateMean(times) }),
  };
});
const tested = rows.flatMap(({ against }) => (against ? [against.p] : []));
const corrected = holm(tested);
let next = 0;
const result = rows.map((row) => (row.against ? { ...row, holm: corrected[next++] } : row));
process.send?.({ result }, () => process.exit(0));
