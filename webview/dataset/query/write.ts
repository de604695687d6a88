/** Queries as text, in the words that the parser reads. Pure. */
import type { Condition, Order, Query } from '../../../src/core/query/query';

/** Words that mean something else where a name may stand. */
const RESERVED: ReadonlySet<string> = new Set(['and', 'or', 'not', 'order', 'by', 'limit', 'asc', 'desc']);

/** A name as it is, or in quotes where it would be read as something else. */
export function quoted(name: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) && !RESERVED.has(name.toLowerCase())) return name;
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

export function writeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'flag':
      return condition.flag;
    case 'number':
      return `${condition.name} ${condition.comparison} ${condition.value}`;
    case 'class':
      return `${condition.of} ${condition.is ? '=' : '!='} ${quoted(condition.name)}`;
    case 'tag':
    case 'split':
      return `${condition.kind} ${condition.is ? '=' : '!='} ${quoted(condition.name)}`;
    case 'path':
      return `path ${condition.contains ? '~' : '!~'} "${condition.text.replace(/["\\]/g, '\\$&')}"`;
    case 'not':
      return `not ${inBrackets(condition.condition)}`;
    case 'and':
    case 'or':
      return condition.conditions
        .map((each) => (condition.kind === 'and' && each.kind !== 'or' ? writeCondition(each) : inBrackets(each)))
        .join(` ${condition.kind} `);
  }
}

const inBrackets = (condition: Condition) =>
  condition.kind === 'and' || condition.kind === 'or' ? `(${writeCondition(condition)})` : writeCondition(condition);

const writeOrder = ({ by, descending }: Order) => `order by ${by}${descending ? ' desc' : ''}`;

export function writeQuery({ where, order, limit }: Query): string {
  return [where && writeCondition(where), order && writeOrder(order), limit !== undefined && `limit ${limit}`]
    .filter(Boolean)
    .join(' ');
}

/** A condition as a chip shows it. */
export function chipText(condition: Condition): string {
  if (condition.kind === 'class') return `${condition.of}${condition.is ? ':' : ' is not'} ${condition.name || 'none'}`;
  if (condition.kind === 'tag' || condition.kind === 'split') {
    return `${condition.kind}${condition.is ? ':' : ' is not'} ${condition.name}`;
  }
  return writeCondition(condition);
}
