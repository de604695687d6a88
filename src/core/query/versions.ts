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
