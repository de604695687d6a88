/**
 * The language of queries. In falling order of strength: `not`, `and`, `or`.
 *
 *     query     = [condition] ["order by" (number | "path") ["asc" | "desc"]] ["limit" count]
 *     condition = flag ["in" name] | number comparison value | "shift" "from" name comparison value
 *               | ("true" | "predicted" | "tag" | "split" | "cluster" | "lasso") ("=" | "!=") name
 *               | "path" ("~" | "!~") text | "not" condition | condition ("and" | "or") condition | "(" condition ")"
 *
 * An order may also be by "shift" "from" name. Words of the language may be in any case. A name with spaces or signs stands
 * in quotes. The name of a lasso is that of a set of clusters, a colon, and the corners: "truck: 0.1 0.2, 0.5 0.2, 0.4 0.9".
 */
import { datasetErrors } from '../dataset-errors';
import { nearestWord } from './nearest';
import {
  COMPARISONS,
  type Comparison,
  type Condition,
  type Corner,
  FLAGS,
  type Flag,
  NUMBERS,
  type Order,
  type Query,
} from './query';
import { type Token, tokensOf } from './tokens';

/** Deeper brackets and longer chains of `not` are refused, so that no text exhausts the stack. */
const DEEPEST = 100;

const NAMED = ['true', 'predicted', 'tag', 'split', 'cluster', 'lasso'] as const;
type Named = (typeof NAMED)[number];
const STARTS = [...FLAGS, ...NUMBERS, ...NAMED, 'shift', 'path', 'not', 'order', 'limit'] as const;
const ORDERS = [...NUMBERS, 'shift', 'path'] as const;

/** @throws query-invalid, with the place and what is wanted there */
export function parseQuery(text: string): Query {
  const tokens = tokensOf(text);
  let next = 0;
  const here = (): Token => tokens[next]!;
  const fail = (reason: string, at = here().at) => datasetErrors.queryInvalid(text, at, reason);
  const isWord = (word: string) => here().kind === 'word' && here().text.toLowerCase() === word;
  const accept = (word: string): boolean => {
    if (!isWord(word)) return false;
    next++;
    return true;
  };
  const acceptSign = (sign: string): boolean => {
    if (here().kind !== 'sign' || here().text !== sign) return false;
    next++;
    return true;
  };
  const unknown = (known: readonly string[], wanted: string) => {
    const { kind, text: word } = here();
    const near = kind === 'word' ? nearestWord(known, word.toLowerCase()) : undefined;
    return fail(near === undefined ? `wanted ${wanted}` : `unknown word; did you mean ${near}?`);
  };

  function chain(kind: 'and' | 'or', part: (depth: number) => Condition, depth: number): Condition {
    const conditions = [part(depth)];
    while (accept(kind)) conditions.push(part(depth));
    return conditions.length === 1 ? conditions[0]! : { kind, conditions };
  }
  const anyOf = (depth: number): Condition => chain('or', allOf, depth);
  const allOf = (depth: number): Condition => chain('and', single, depth);

  function single(depth: number): Condition {
    if (depth > DEEPEST) throw fail(`wanted at most ${DEEPEST} brackets or "not" in one another`);
    if (accept('not')) return { kind: 'not', condition: single(depth + 1) };
    if (!acceptSign('(')) return simple();
    const inside = anyOf(depth + 1);
    if (!acceptSign(')')) throw unknown(['and', 'or'], 'and, or, or a closing bracket');
    return inside;
  }

  function simple(): Condition {
    const word = here().kind === 'word' ? here().text.toLowerCase() : '';
    const flag = FLAGS.find((name) => name === word);
    const number = NUMBERS.find((name) => name === word);
    const named = NAMED.find((name) => name === word);
    const known = flag ?? number ?? named;
    if (known === undefined && word !== 'path' && word !== 'shift')
      throw unknown(STARTS, 'a condition, such as wrong, p < 0.5 or true = cat');
    next++;
    if (flag) return flagOf(flag);
    if (number) return { kind: 'number', name: number, ...compared(number) };
    if (named) return namedBy(named);
    if (word === 'shift') {
      const from = versionAfter('from', 'shift');
      return { kind: 'shift', from, ...compared('the version') };
    }
    return pathOf();
  }

  function flagOf(flag: Flag): Condition {
    if (flag === 'duplicate' || !isWord('in')) return { kind: 'flag', flag };
    return { kind: 'flag', flag, in: versionAfter('in', flag) };
  }

  function versionAfter(preposition: 'in' | 'from', after: string): string {
    if (!accept(preposition)) throw fail(`wanted ${preposition} and the name of a version after ${after}`);
    return value('the name of a version');
  }

  /** @param what stands before the comparison */
  function compared(what: string): { readonly comparison: Comparison; readonly value: number } {
    const comparison: Comparison | undefined = COMPARISONS.find((sign) => acceptSign(sign));
    if (!comparison) throw fail(`wanted ${COMPARISONS.join(', ')} after ${what}`);
    const { kind, text: digits } = here();
    const value = kind === 'word' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : Number.NaN;
    if (!Number.isFinite(value)) throw fail('wanted a number, such as 0.5');
    next++;
    return { comparison, value };
  }

  function namedBy(what: Named): Condition {
    const is = acceptSign('=');
    if (!is && !acceptSign('!=')) throw fail(`wanted = or != after ${what}`);
    const { at } = here();
    const name = value('a name');
    if (what === 'lasso') {
      const lasso = lassoOf(name);
      if (!lasso) throw fail('wanted a set of clusters and at least three corners, such as "truck: 0 0, 1 0, 1 1"', at);
      return { kind: 'lasso', is, ...lasso };
    }
    if (what === 'true' || what === 'predicted') return { kind: 'class', of: what, is, name };
    return { kind: what, is, name };
  }

  function pathOf(): Condition {
    const contains = acceptSign('~');
    if (!contains && !acceptSign('!~')) throw fail('wanted ~ or !~ after path');
    return { kind: 'path', contains, text: value('a text') };
  }

  function value(wanted: string): string {
    const { kind, text: name } = here();
    if (kind !== 'word' && kind !== 'text') throw fail(`wanted ${wanted}, in quotes if it has spaces or signs`);
    next++;
    return name;
  }

  function orderBy(): Order {
    if (!accept('by')) throw unknown(['by'], 'by after order');
    const word = here().kind === 'word' ? here().text.toLowerCase() : '';
    const by = ORDERS.find((name) => name === word);
    if (!by) throw unknown(ORDERS, `${ORDERS.slice(0, -1).join(', ')} or path`);
    next++;
    const from = by === 'shift' ? versionAfter('from', 'shift') : '';
    const descending = accept('desc');
    if (!descending) accept('asc');
    return by === 'shift' ? { by, from, descending } : { by, descending };
  }

  function count(): number {
    const { kind, text: digits } = here();
    const value = kind === 'word' && /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw fail('wanted a whole number after limit');
    next++;
    return value;
  }

  const where = here().kind === 'end' || isWord('order') || isWord('limit') ? undefined : anyOf(0);
  const order = accept('order') ? orderBy() : undefined;
  const limit = accept('limit') ? count() : undefined;
  const known = after(where, order, limit);
  if (here().kind !== 'end')
    throw unknown(known, [...known.map((word) => (word === 'order' ? 'order by' : word)), 'the end'].join(', '));
  return { ...(where && { where }), ...(order && { order }), ...(limit !== undefined && { limit }) };
}

/** A polygon with more corners is refused. */
const MOST_CORNERS = 200;

function lassoOf(text: string): { readonly set: string; readonly corners: readonly Corner[] } | undefined {
  const colon = text.lastIndexOf(':');
  const corners = text
    .slice(colon + 1)
    .split(',')
    .map((corner) => corner.trim().split(/\s+/).map(Number));
  const isWhole = corners.length >= 3 && corners.length <= MOST_CORNERS;
  if (colon < 0 || !isWhole || !corners.every((corner) => corner.length === 2 && corner.every(Number.isFinite)))
    return undefined;
  return { set: text.slice(0, colon), corners: corners.map(([x, y]) => [x!, y!] as const) };
}

/** What may follow, by what is there already. */
function after(where: Condition | undefined, order: Order | undefined, limit: number | undefined): readonly string[] {
  if (limit !== undefined) return [];
  if (order) return ['limit'];
  return where ? ['and', 'or', 'order', 'limit'] : ['order', 'limit'];
}
