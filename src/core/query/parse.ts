/**
 * The language of queries. In falling order of strength: `not`, `and`, `or`.
 *
 *     query     = [condition] ["order by" (number | "path") ["asc" | "desc"]] ["limit" count]
 *     condition = flag | number comparison value | ("true" | "predicted" | "tag" | "split") ("=" | "!=") name
 *               | "path" ("~" | "!~") text | "not" condition | condition ("and" | "or") condition | "(" condition ")"
 *
 * Words of the language may be in any case. A name with spaces or signs stands in quotes.
 */
import { datasetErrors } from '../dataset-errors';
import { nearestWord } from './nearest';
import {
  COMPARISONS,
  type Comparison,
  type Condition,
  FLAGS,
  type Flag,
  NUMBERS,
  type NumberName,
  type Order,
  type Query,
} from './query';
import { type Token, tokensOf } from './tokens';

/** Deeper brackets and longer chains of `not` are refused, so that no text exhausts the stack. */
const DEEPEST = 100;

const NAMED = ['true', 'predicted', 'tag', 'split'] as const;
type Named = (typeof NAMED)[number];
const STARTS = [...FLAGS, ...NUMBERS, ...NAMED, 'path', 'not', 'order', 'limit'] as const;
const ORDERS = [...NUMBERS, 'path'] as const;

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
    if (known === undefined && word !== 'path')
      throw unknown(STARTS, 'a condition, such as wrong, p < 0.5 or true = cat');
    next++;
    if (flag) return flagOf(flag);
    if (number) return numberOf(number);
    if (named) return namedBy(named);
    return pathOf();
  }

  const flagOf = (flag: Flag): Condition => ({ kind: 'flag', flag });

  function numberOf(name: NumberName): Condition {
    const comparison: Comparison | undefined = COMPARISONS.find((sign) => acceptSign(sign));
    if (!comparison) throw fail(`wanted ${COMPARISONS.join(', ')} after ${name}`);
    const { kind, text: digits } = here();
    const value = kind === 'word' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : Number.NaN;
    if (!Number.isFinite(value)) throw fail('wanted a number, such as 0.5');
    next++;
    return { kind: 'number', name, comparison, value };
  }

  function namedBy(what: Named): Condition {
    const is = acceptSign('=');
    if (!is && !acceptSign('!=')) throw fail(`wanted = or != after ${what}`);
    const name = value('a name');
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
    const descending = accept('desc');
    if (!descending) accept('asc');
    return { by, descending };
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

/** What may follow, by what is there already. */
function after(where: Condition | undefined, order: Order | undefined, limit: number | undefined): readonly string[] {
  if (limit !== undefined) return [];
  if (order) return ['limit'];
  return where ? ['and', 'or', 'order', 'limit'] : ['order', 'limit'];
}
