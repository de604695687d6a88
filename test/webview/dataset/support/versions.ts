/** Made-up versions of the made-up dataset: each next one is right more often, and its maps change less. */
import type { VersionInfo } from '../../../../src/protocol/dataset';
import { type Comparison, FLIPS, type Flip, type TrendPoint } from '../../../../src/protocol/versions';
import { classOf, infoOf, isFailed, lossOf, noise, type Setup } from './data';

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 10, 20, 18, 30);

export function versionsOf(setup: Setup): VersionInfo[] {
  const [first] = infoOf(setup, [], []).versions;
  return Array.from({ length: setup.versions ?? 1 }, (_, i) => ({
    ...first!,
    id: i + 1,
    name: i === 0 ? 'resnet20' : `resnet20@${i + 1}`,
    added: FIRST + i * DAY_MS,
    kept: 1_101_824,
  }));
}

export const isWrongIn = (item: number, version: number): boolean =>
  noise(item, 1) < 0.1 / version || (version > 1 && noise(item, 50 + version) < 0.004);

/** From 0 to 2, mostly small. */
export const shiftOf = (item: number): number => 2 * noise(item, 9) ** 4;

export const shiftedOf = (setup: Setup): number => Math.min(setup.shifted ?? 0, doneOf(setup));

const doneOf = ({ done, items }: Setup) => Math.min(done ?? items, 20_000);

export function flipOf(item: number, a: number, b: number): Flip {
  const [first, second] = [!isWrongIn(item, a), !isWrongIn(item, b)];
  if (first) return second ? 'both' : 'a';
  return second ? 'b' : 'neither';
}

const none = () => Object.fromEntries(FLIPS.map((flip) => [flip, 0])) as Record<Flip, number>;

export function comparisonOf(setup: Setup, a: number, b: number): Comparison {
  const flips = none();
  const categories = Array.from({ length: setup.unlabelled ? 0 : setup.classes }, (_, category) => ({
    category,
    flips: none(),
  }));
  const counts = new Uint32Array(20);
  let [wanted, known, sum] = [0, 0, 0];
  for (let item = 0; item < doneOf(setup); item++) {
    if (isFailed(item)) continue;
    wanted += 1;
    if (!setup.unlabelled) {
      const flip = flipOf(item, a, b);
      flips[flip] += 1;
      categories[classOf(item, setup)]!.flips[flip] += 1;
    }
    if (item >= shiftedOf(setup)) continue;
    known += 1;
    sum += shiftOf(item);
    const bin = Math.min(Math.floor(shiftOf(item) * 10), 19);
    counts[bin] = counts[bin]! + 1;
  }
  const rows = FLIPS.reduce((total, flip) => total + flips[flip], 0);
  return { a, b, rows, flips, categories, shift: { known, wanted, ...(known && { mean: sum / known }), counts } };
}

export function trendOf(setup: Setup): TrendPoint[] {
  const items = Array.from({ length: Math.min(doneOf(setup), 2_000) }, (_, i) => i).filter((item) => !isFailed(item));
  return versionsOf(setup).map(({ id }) => {
    const right = items.filter((item) => !isWrongIn(item, id)).length;
    const isKnown = items.length > 0 && !setup.unlabelled;
    return {
      version: id,
      rows: items.length,
      ...(isKnown && {
        accuracy: right / items.length,
        loss: items.reduce((sum, item) => sum + lossOf(item), 0) / items.length / Math.sqrt(id),
      }),
      ...(id > 1 && items.length > 0 && { change: 0.4 / id ** 1.5 }),
    };
  });
}
