/** Which rows the clusters of a class are made of, and whether they are as they were. */
import type { ClusteredBy } from '../../../protocol/clusters';
import type { ItemId } from '../../../protocol/dataset';
import { DONE, type State, type Version } from '../state';

/** Listed rows of a class that are computed. */
export interface ClassRows {
  readonly count: number;
  /** Changes with the rows: which they are, in which order, and what was computed of them. */
  readonly digest: string;
}

/** Calls with each class that a listed row counts for, in the order of paths. */
function eachRow(
  { order, items, sets }: State,
  { columns }: Version,
  by: ClusteredBy,
  use: (index: number, item: ItemId) => void,
): void {
  const { state, predicted } = columns.of;
  for (const item of order) {
    if (state[item] !== DONE) continue;
    if (by === 'predicted') use(predicted[item]!, item);
    else for (const category of sets[items.of.set[item]!]!) use(category, item);
  }
}

export function rowsByClass(state: State, version: Version, by: ClusteredBy): ReadonlyMap<number, ClassRows> {
  const found = new Map<number, { count: number; readonly hash: Int32Array }>();
  const { p, loss, margin, entropy, predicted } = version.columns.of;
  const numbers = new Float64Array(5);
  const words = new Int32Array(numbers.buffer);
  eachRow(state, version, by, (index, item) => {
    const rows = found.get(index) ?? { count: 0, hash: Int32Array.of(0x5bd1e995, 0x1b873593) };
    if (rows.count === 0) found.set(index, rows);
    rows.count++;
    [p, loss, margin, entropy].forEach((column, i) => {
      // What is not known is NaN, which has several forms.
      numbers[i] = Number.isNaN(column[item]!) ? Number.MAX_VALUE : column[item]!;
    });
    numbers[4] = item * 2 ** 20 + predicted[item]!;
    for (const word of words) mix(rows.hash, word);
  });
  const text = (hash: Int32Array) => Buffer.from(hash.buffer).toString('hex');
  return new Map([...found].map(([index, { count, hash }]) => [index, { count, digest: text(hash) }]));
}

/** Two 32-bit hashes, each by a step of MurmurHash3. */
function mix(hash: Int32Array, word: number): void {
  for (const [i, factor] of FACTORS.entries()) {
    const k = Math.imul(word, factor);
    const h = hash[i]! ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593 + i);
    hash[i] = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
}
const FACTORS = [0xcc9e2d51, 0x85ebca6b] as const;

/** In the order of paths. */
export function itemsOfClass(state: State, version: Version, by: ClusteredBy, index: number): Uint32Array {
  const found: number[] = [];
  eachRow(state, version, by, (other, item) => {
    if (other === index) found.push(item);
  });
  return Uint32Array.from(found);
}

/** At most `count` computed rows that are predicted as another class, spread evenly over all of them. */
export function othersThan(state: State, version: Version, index: number, count: number): readonly ItemId[] {
  let all = 0;
  eachRow(state, version, 'predicted', (other) => {
    if (other !== index) all++;
  });
  const found: ItemId[] = [];
  let at = 0;
  eachRow(state, version, 'predicted', (other, item) => {
    if (other === index) return;
    const wanted = all <= count ? at : Math.floor((found.length * all) / count);
    if (at++ === wanted && found.length < count) found.push(item);
  });
  return found;
}
