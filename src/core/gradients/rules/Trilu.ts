/** y = x in one triangle, 0 in the other: dx = the same triangle of dy. */
import type { Rule } from '../rule';

export const Trilu: Rule = (c) => {
  const diagonal = c.has(1) ? [c.input(1).name] : [];
  return [c.emit.op('Trilu', [c.dy, ...diagonal], c.node.attribute)];
};
