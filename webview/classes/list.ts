/** Determines which classes are listed, in which order, and what a tick does. Pure. */
import type { ClassesState, FromClasses } from '../../src/protocol/classes-view';

type Probabilities = ClassesState['probabilities'];

/** Class indices, the most probable first; in the model's order if no probabilities are known. */
export function ranked(labels: readonly string[], probabilities: Probabilities): number[] {
  const order = Array.from(labels, (_, i) => i);
  return probabilities ? order.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b) : order;
}

/**
 * The classes that match a text, best match first, then by `order`. From best to worst, the text matches an index, a
 * whole name, the start of a name, the start of a word, or any part. If the text has several words, each must occur. After
 * a #, the digits are an index or its start.
 */
export function search(labels: readonly string[], order: readonly number[], text: string): readonly number[] {
  const query = text.trim().toLowerCase();
  if (!query) return order;
  const index = /^#(\d*)$/.exec(query)?.[1];
  if (index !== undefined) return byIndex(order, index);
  const words = query.split(/\s+/);
  const found = order.flatMap((index) => {
    const match = matchOf(lowered(labels)[index]!, index, query, words);
    return match < NO_MATCH ? [{ index, match }] : [];
  });
  // Sorting is stable, so equal matches keep their order.
  return found.sort((a, b) => a.match - b.match).map(({ index }) => index);
}

/** The class of that index first, then those whose index begins with it. */
function byIndex(order: readonly number[], digits: string): readonly number[] {
  const found = order.filter((index) => `${index}`.startsWith(digits));
  const isExact = (index: number) => `${index}` === digits;
  return [...found.filter(isExact), ...found.filter((index) => !isExact(index))];
}

const NO_MATCH = 6;

function matchOf(label: string, index: number, query: string, words: readonly string[]): number {
  if (String(index) === query) return 0;
  if (!words.every((word) => label.includes(word))) return NO_MATCH;
  const at = label.indexOf(query);
  if (at < 0) return 5;
  if (label === query || label.split(/,\s*/).includes(query)) return 1;
  if (label.startsWith(query) || label.includes(`, ${query}`)) return 2;
  return /[\s_(-]/.test(label[at - 1]!) ? 3 : 4;
}

const lowercase = new WeakMap<readonly string[], readonly string[]>();

/** Labels in lower case, computed once: there may be 20,000, and each key needs them again. */
function lowered(labels: readonly string[]): readonly string[] {
  let found = lowercase.get(labels);
  if (!found) {
    found = labels.map((label) => label.toLowerCase());
    lowercase.set(labels, found);
  }
  return found;
}

/**
 * The request when a class is ticked or unticked. One ticked class is explained, two are compared. A third tick
 * replaces the older of the two, and the last tick can't be removed.
 */
export function ticked(
  shown: readonly number[],
  index: number,
): Extract<FromClasses, { type: 'explain' | 'compare' }> | undefined {
  const rest = shown.filter((other) => other !== index);
  const next = rest.length < shown.length ? rest : [...shown, index].slice(-2);
  if (next.length === 0) return undefined;
  return next.length === 1 ? { type: 'explain', class: next[0]! } : { type: 'compare', classes: next };
}
