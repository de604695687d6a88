/** What may follow in the text of a query. Pure. */

import { quoted } from '../../../src/core/query/print';
import { FLAGS, NUMBERS } from '../../../src/core/query/query';

export interface Vocabulary {
  readonly labels: readonly string[];
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly splits: readonly string[];
  /** Those of the version that are known here. */
  readonly clusters: readonly string[];
  readonly versions: readonly string[];
}

export interface Completion {
  /** Part of the text that a choice replaces. */
  readonly from: number;
  readonly to: number;
  readonly options: readonly { readonly text: string; readonly detail: string }[];
}

const MOST = 12;

const FLAG_DETAILS: Readonly<Record<(typeof FLAGS)[number], string>> = {
  wrong: 'another class is predicted',
  correct: 'the true class is predicted',
  failed: 'the image could not be computed',
  duplicate: 'the same bytes as an earlier image',
  hit: 'the maximum lies in an object',
  waiting: 'not computed yet',
};

const NUMBER_DETAILS: Readonly<Record<(typeof NUMBERS)[number], string>> = {
  p: 'probability of the predicted class',
  loss: '-log p of the true class',
  margin: 'p of the first minus the second class',
  entropy: 'of the probabilities, in nats',
  border: "share of the heat at the input's border",
  spread: 'entropy of the heat, 0 to 1',
  energy: 'share of the heat in objects',
  agreement: 'with the mean map of the class',
};

const SHIFT = { text: 'shift from', detail: 'how far the heat has moved from that of a version' };
const IN = { text: 'in', detail: 'a version, by its name' };
const WORDS = [
  ...FLAGS.map((flag) => ({ text: flag as string, detail: FLAG_DETAILS[flag] })),
  ...NUMBERS.map((name) => ({ text: `${name} <`, detail: NUMBER_DETAILS[name] })),
  { text: 'true =', detail: 'class of the dataset' },
  { text: 'predicted =', detail: 'class of the model' },
  { text: 'tag =', detail: 'a tag' },
  { text: 'split =', detail: 'a split' },
  { text: 'cluster =', detail: 'a cluster of the heat of a class' },
  { text: 'path ~', detail: 'text in the path' },
  SHIFT,
  { text: 'not', detail: '' },
];
const AFTER = [
  { text: 'and', detail: '' },
  { text: 'or', detail: '' },
  { text: 'order by', detail: '' },
  { text: 'limit', detail: '' },
];

/** A name that is being written after an equals sign, with or without its first quote. */
const NAME = /\b(true|predicted|tag|split|cluster)\s*!?=\s*("(?:[^"\\]|\\.)*|[^\s"()]*)$/i;
/** A version that is being written after `wrong in`, or another flag that other versions have, or after `shift from`. */
const OF_VERSION = /\b(?:(?:wrong|correct|failed|hit|waiting)\s+in|shift\s+from)\s+("(?:[^"\\]|\\.)*|[^\s"()]*)$/i;
const FROM = /\bshift\s+([a-z]*)$/i;
/** What follows such a version of the shift. */
const SHIFTED = /\bshift\s+from\s+(?:"(?:[^"\\]|\\.)*"|[^\s"()]+)\s+$/i;
const AFTER_FLAG = /\b(?:wrong|correct|failed|hit|waiting)\s+$/i;
const ORDER = /\border\s+by\s+([a-z]*)$/i;
const ORDERED = /\border\s+by\s+(?:shift\s+from\s+(?:"(?:[^"\\]|\\.)*"|[^\s"()]+)|(?!shift\b)[a-z]+)\s+([a-z]*)$/i;
const WORD = /([\p{L}]*)$/u;

/** @param cursor the position in the text, from 0 */
export function complete(text: string, cursor: number, vocabulary: Vocabulary): Completion {
  const before = text.slice(0, cursor);
  const of = (typed: string, options: Completion['options']): Completion => ({
    from: cursor - typed.length,
    to: cursor,
    options: matching(options, typed),
  });

  const name = NAME.exec(before);
  if (name) {
    const names = namesOf(name[1]!.toLowerCase(), vocabulary);
    return of(
      name[2]!,
      names.map((each) => ({ text: quoted(each), detail: '' })),
    );
  }
  const version = OF_VERSION.exec(before);
  if (version) {
    return of(
      version[1]!,
      vocabulary.versions.map((each) => ({ text: quoted(each), detail: 'a version' })),
    );
  }
  const from = FROM.exec(before);
  if (from) return of(from[1]!, [{ text: 'from', detail: 'a version, by its name' }]);
  const order = ORDER.exec(before);
  if (order) {
    const orders = [
      { text: 'path', detail: '' },
      ...NUMBERS.map((by) => ({ text: by as string, detail: NUMBER_DETAILS[by] })),
      SHIFT,
    ];
    return of(order[1]!, orders);
  }
  const ordered = ORDERED.exec(before);
  if (ordered) return of(ordered[1]!, [{ text: 'desc', detail: 'largest first' }, AFTER[3]!]);
  if (SHIFTED.test(before)) return of('', [{ text: '>', detail: 'from 0, where the heat is the same, to 2' }]);
  const word = WORD.exec(before)![1]!;
  const head = before.slice(0, before.length - word.length);
  if (!endsCondition(head)) return of(word, WORDS);
  return of(word, AFTER_FLAG.test(head) && vocabulary.versions.length > 1 ? [...AFTER, IN] : AFTER);
}

/** True if a condition is complete, so that only a word between conditions can follow. */
function endsCondition(before: string): boolean {
  const text = before.trimEnd();
  return text !== '' && !/(^|[\s(])(and|or|not|by)$|[(=~<>]$/i.test(text);
}

function namesOf(what: string, { labels, categories, tags, splits, clusters }: Vocabulary): readonly string[] {
  const names: Readonly<Record<string, readonly string[]>> = {
    true: categories,
    predicted: labels,
    tag: tags,
    split: splits,
    cluster: clusters,
  };
  return names[what] ?? [];
}

/** Those that start with the text come first, then those that contain it. */
function matching(options: Completion['options'], typed: string): Completion['options'] {
  const wanted = typed.replace(/^"/, '').toLowerCase();
  const plain = (text: string) => text.replace(/^"/, '').toLowerCase();
  const starting = options.filter(({ text }) => plain(text).startsWith(wanted));
  const containing = wanted === '' ? [] : options.filter(({ text }) => plain(text).indexOf(wanted) > 0);
  return [...starting, ...containing].slice(0, MOST);
}
