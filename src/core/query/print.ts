/** Queries as text, which `parseQuery` reads as the same query. */
import type { Condition, Order, Query } from './query';

/** A name as it is where it is one plain word, or in quotes. */
export function quoted(name: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(name) ? name : `"${name.replace(/["'\\]/g, '\\$&')}"`;
}

/** @param condition lists of conditions have at least one */
export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'flag':
      return condition.in === undefined ? condition.flag : `${condition.flag} in ${quoted(condition.in)}`;
    case 'number':
      return `${condition.name} ${condition.comparison} ${condition.value}`;
    case 'class':
      return `${condition.of} ${condition.is ? '=' : '!='} ${quoted(condition.name)}`;
    case 'tag':
    case 'split':
    case 'cluster':
      return `${condition.kind} ${condition.is ? '=' : '!='} ${quoted(condition.name)}`;
    case 'lasso': {
      const corners = condition.corners.map((corner) => corner.join(' ')).join(', ');
      return `lasso ${condition.is ? '=' : '!='} ${quoted(`${condition.set}: ${corners}`)}`;
    }
    case 'shift':
      return `shift from ${quoted(condition.from)} ${condition.comparison} ${condition.value}`;
    case 'path':
      return `path ${condition.contains ? '~' : '!~'} ${quoted(condition.text)}`;
    case 'not':
      return `not ${bracketed(condition.condition)}`;
    default:
      return condition.conditions.map(bracketed).join(` ${condition.kind} `);
  }
}

const bracketed = (condition: Condition): string =>
  condition.kind === 'and' || condition.kind === 'or' ? `(${printCondition(condition)})` : printCondition(condition);

const orderText = (order: Order) => (order.by === 'shift' ? `shift from ${quoted(order.from)}` : order.by);

/** An empty query is an empty text. */
export function printQuery({ where, order, limit }: Query): string {
  return [
    ...(where ? [printCondition(where)] : []),
    ...(order ? [`order by ${orderText(order)}${order.descending ? ' desc' : ''}`] : []),
    ...(limit === undefined ? [] : [`limit ${limit}`]),
  ].join(' ');
}
