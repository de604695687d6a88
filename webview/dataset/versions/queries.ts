/** Queries that the page of versions leads to. Pure. */
import type { Condition, Flag, Query } from '../../../src/core/query/query';
import type { Flip } from '../../../src/protocol/versions';
import type { Range } from '../query/edit';

/** What a flip says of versions a and b. */
const MEANING: Readonly<Record<Flip, readonly [a: Flag, b: Flag]>> = {
  both: ['correct', 'correct'],
  a: ['correct', 'wrong'],
  b: ['wrong', 'correct'],
  neither: ['wrong', 'wrong'],
};

interface Names {
  readonly a: { readonly name: string };
  readonly b: { readonly name: string };
}

/**
 * Both versions are named, so that the query means the same whichever version the grid shows.
 *
 * @param category name of the true class; undefined for images of every class
 */
export function flipQuery(flip: Flip, { a, b }: Names, category?: string): Query {
  const [inA, inB] = MEANING[flip];
  const truth: Condition[] = category === undefined ? [] : [{ kind: 'class', of: 'true', is: true, name: category }];
  const flips: Condition[] = [
    { kind: 'flag', flag: inA, in: a.name },
    { kind: 'flag', flag: inB, in: b.name },
  ];
  return { where: { kind: 'and', conditions: [...truth, ...flips] } };
}

/** Rows by how far their heat has moved from that of a version; an empty range has no condition. */
export function shiftQuery(from: string, range: Range): Query {
  const least: Condition[] =
    range.from === undefined ? [] : [{ kind: 'shift', from, comparison: '>=', value: range.from }];
  const most: Condition[] = range.to === undefined ? [] : [{ kind: 'shift', from, comparison: '<=', value: range.to }];
  const conditions = [...least, ...most];
  return {
    ...(conditions.length > 0 && {
      where: conditions.length === 1 ? conditions[0]! : { kind: 'and', conditions },
    }),
    order: { by: 'shift', from, descending: true },
  };
}
