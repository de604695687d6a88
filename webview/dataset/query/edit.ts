/** Changes of a query that buttons make: the conditions that all must hold are its chips. Pure. */

import { printCondition } from '../../../src/core/query/print';
import type { Condition, Flag, NumberName, Order, Query } from '../../../src/core/query/query';

/** The conditions that all must hold. */
export function chipsOf({ where }: Query): readonly Condition[] {
  if (!where) return [];
  return where.kind === 'and' ? where.conditions : [where];
}

function withChips(query: Query, chips: readonly Condition[]): Query {
  const { where: _, ...rest } = query;
  if (chips.length === 0) return rest;
  return { ...rest, where: chips.length === 1 ? chips[0]! : { kind: 'and', conditions: chips } };
}

export const without = (query: Query, index: number): Query =>
  withChips(
    query,
    chipsOf(query).filter((_, i) => i !== index),
  );

export function withCondition(query: Query, condition: Condition): Query {
  const text = printCondition(condition);
  const chips = chipsOf(query);
  return chips.some((each) => printCondition(each) === text) ? query : withChips(query, [...chips, condition]);
}

/** A flag of the version that is shown, not of another one. */
const isFlag = (condition: Condition, flag: Flag) =>
  condition.kind === 'flag' && condition.flag === flag && condition.in === undefined;

export const hasFlag = (query: Query, flag: Flag): boolean => chipsOf(query).some((each) => isFlag(each, flag));

/** Flags of which only one can hold. */
const EXCLUSIVE: readonly Flag[] = ['wrong', 'correct', 'failed', 'waiting'];

export function toggleFlag(query: Query, flag: Flag): Query {
  const others = chipsOf(query).filter(
    (each) => !isFlag(each, flag) && !(EXCLUSIVE.includes(flag) && EXCLUSIVE.some((other) => isFlag(each, other))),
  );
  return withChips(query, hasFlag(query, flag) ? others : [...others, { kind: 'flag', flag }]);
}

/** From a number on, and up to one; either may be missing. */
export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const isBound = (condition: Condition, name: NumberName, sign: '<' | '>') =>
  condition.kind === 'number' && condition.name === name && condition.comparison.startsWith(sign);

export function rangeOf(query: Query, name: NumberName): Range {
  const bound = (sign: '<' | '>') => {
    const found = chipsOf(query).find((each) => isBound(each, name, sign));
    return found?.kind === 'number' ? found.value : undefined;
  };
  return { from: bound('>'), to: bound('<') };
}

/** Replaces the range of a number by two conditions at most. */
export function withRange(query: Query, name: NumberName, { from, to }: Range): Query {
  const others = chipsOf(query).filter((each) => !isBound(each, name, '<') && !isBound(each, name, '>'));
  const least: Condition[] = from === undefined ? [] : [{ kind: 'number', name, comparison: '>=', value: from }];
  const most: Condition[] = to === undefined ? [] : [{ kind: 'number', name, comparison: '<=', value: to }];
  return withChips(query, [...others, ...least, ...most]);
}

export function withOrder(query: Query, order: Order | undefined): Query {
  const { order: _, ...rest } = query;
  return order ? { ...rest, order } : rest;
}

/** The query of one cell of the confusion matrix. The empty name stands for items without a class. */
export const cellQuery = (truth: string, predicted: string): Query => ({
  where: {
    kind: 'and',
    conditions: [
      { kind: 'class', of: 'true', is: true, name: truth },
      { kind: 'class', of: 'predicted', is: true, name: predicted },
    ],
  },
});

export const classQuery = (of: 'true' | 'predicted', name: string): Query => ({
  where: { kind: 'class', of, is: true, name },
});

/** True if what is computed may change which rows the query finds, or their order. */
export function isLive({ where, order }: Query): boolean {
  return (order !== undefined && order.by !== 'path') || (where !== undefined && dependsOnWork(where));
}

/** True if the query finds other rows once clusters have changed. */
export const isOfClusters = ({ where }: Query): boolean => where !== undefined && namesCluster(where);

function namesCluster(condition: Condition): boolean {
  switch (condition.kind) {
    case 'cluster':
    case 'lasso':
      return true;
    case 'not':
      return namesCluster(condition.condition);
    case 'and':
    case 'or':
      return condition.conditions.some(namesCluster);
    default:
      return false;
  }
}

function dependsOnWork(condition: Condition): boolean {
  switch (condition.kind) {
    case 'flag':
      return condition.flag !== 'duplicate';
    case 'number':
    case 'cluster':
    case 'lasso':
    case 'shift':
      return true;
    case 'class':
      return condition.of === 'predicted';
    case 'not':
      return dependsOnWork(condition.condition);
    case 'and':
    case 'or':
      return condition.conditions.some(dependsOnWork);
    default:
      return false;
  }
}
