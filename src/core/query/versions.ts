/** The versions that a query names. */
import type { Condition, Query } from './query';

/** The same query with other names of versions. */
export function withVersions({ where, order, ...rest }: Query, nameOf: (name: string) => string): Query {
  return {
    ...rest,
    ...(where && { where: renamed(where, nameOf) }),
    ...(order && { order: order.by === 'shift' ? { ...order, from: nameOf(order.from) } : order }),
  };
}

/** The versions that shifts of the heat are counted from. */
export function shiftsIn({ where, order }: Query): ReadonlySet<string> {
  const names = new Set<string>();
  if (order?.by === 'shift') names.add(order.from);
  const look = (condition: Condition): void => {
    if (condition.kind === 'shift') names.add(condition.from);
    if (condition.kind === 'not') look(condition.condition);
    if (condition.kind === 'and' || condition.kind === 'or') condition.conditions.forEach(look);
  };
  if (where) look(where);
  return names;
}

function renamed(condition: Condition, nameOf: (name: string) => string): Condition {
  switch (condition.kind) {
    case 'flag':
      return condition.in === undefined ? condition : { ...condition, in: nameOf(condition.in) };
    case 'shift':
      return { ...condition, from: nameOf(condition.from) };
    case 'not':
      return { ...condition, condition: renamed(condition.condition, nameOf) };
    case 'and':
    case 'or':
      return { ...condition, conditions: condition.conditions.map((part) => renamed(part, nameOf)) };
    default:
      return condition;
  }
}
