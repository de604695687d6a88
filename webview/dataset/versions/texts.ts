/** What is said of versions, in words. Pure. */
import type { RunInfo, VersionInfo } from '../../../src/protocol/dataset';
import { type Comparison, type Flip, noFlips } from '../../../src/protocol/versions';
import { plural, whole } from '../texts';
import type { Pair } from './pair';

export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** Percentage points, with their sign. */
export const points = (difference: number, digits = 2): string =>
  `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(digits)}`;

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** Empty for a version of which it is not known. */
export const addedText = ({ added }: VersionInfo): string => (added > 0 ? DATE.format(added) : '');

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** What is left of the version's model. */
export function keptText({ kept, pinned, unavailable }: VersionInfo): string {
  const parts = [
    unavailable === undefined
      ? kept === undefined
        ? 'no copy of the model'
        : `copy of the model kept, ${sizeText(kept)}`
      : 'weights gone: stored maps only',
    pinned && 'pinned',
  ];
  return parts.filter(Boolean).join(', ');
}

type Flips = Readonly<Record<Flip, number>>;

export const rowsOf = (flips: Flips): number => flips.both + flips.a + flips.b + flips.neither;

/** Shares of right images under both versions; undefined without an image. */
export function accuraciesOf(flips: Flips): { readonly a: number; readonly b: number } | undefined {
  const rows = rowsOf(flips);
  return rows > 0 ? { a: (flips.both + flips.a) / rows, b: (flips.both + flips.b) / rows } : undefined;
}

/** What a flip means, after its count. */
export function flipText(flip: Flip, count: number): string {
  const texts: Readonly<Record<Flip, string>> = {
    a: `${plural(count, 'image')} got worse`,
    b: `${plural(count, 'image')} got better`,
    both: `${whole(count)} ${count === 1 ? 'stays' : 'stay'} right`,
    neither: `${whole(count)} ${count === 1 ? 'stays' : 'stay'} wrong`,
  };
  return texts[flip];
}

/** What changed, in one sentence or two. */
export function summaryOf({ flips, rows }: Comparison, { a, b }: Pair, info: Pick<RunInfo, 'categories'>): string {
  const accuracies = accuraciesOf(flips);
  if (!accuracies) return `No image is known to be right or wrong by both: ${noFlips(info, a, b)}.`;
  const share = `${percent(accuracies.a)} of ${plural(rows, 'image')} are right by ${a.name}, ${percent(accuracies.b)} by ${b.name}.`;
  if (flips.a + flips.b === 0) return `No image got worse or better. ${share}`;
  return `${flipText('a', flips.a)}, ${whole(flips.b)} better. ${share}`;
}
