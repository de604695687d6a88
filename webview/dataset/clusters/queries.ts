/** The queries that clusters and lassos lead to. Pure. */
import { printQuery } from '../../../src/core/query/print';
import type { Condition, Corner, Query } from '../../../src/core/query/query';
import { chipsOf } from '../query/edit';

const isIn = (name: string): Condition => ({ kind: 'cluster', is: true, name });

/** The rows of any of the clusters. */
export function clustersQuery(names: readonly string[]): string {
  const conditions = names.map(isIn);
  if (conditions.length === 0) return '';
  return printQuery({ where: conditions.length === 1 ? conditions[0]! : { kind: 'or', conditions } });
}

export const lassoQuery = (set: string, corners: readonly Corner[]): string =>
  printQuery({ where: { kind: 'lasso', is: true, set, corners } });

/** The corners of the lasso on the plane of a set that a query has. */
export function lassoIn(query: Query | undefined, set: string): readonly Corner[] | undefined {
  const found = query && chipsOf(query).find((each) => each.kind === 'lasso' && each.set === set);
  return found?.kind === 'lasso' ? found.corners : undefined;
}
