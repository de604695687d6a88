/** Y rotates pairs of X by angles, x1 cos - x2 sin and x1 sin + x2 cos: dX rotates dY back, with the opposite sine. */
import type { Rule } from '../rule';
import { negate } from './arithmetic';

export const RotaryEmbedding: Rule = (c) => [
  c.emit.op(
    'RotaryEmbedding',
    [c.dy, c.input(1).name, negate(c, c.input(2).name), ...c.node.input.slice(3)],
    c.node.attribute,
  ),
];
