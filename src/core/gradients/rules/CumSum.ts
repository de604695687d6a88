/**
 * y is the sum of x up to each position, so dx is the sum of dy from each position on: the same operator in reverse.
 */
import { intAttribute } from '../../onnx/model';
import type { Rule } from '../rule';

export const CumSum: Rule = (c) => [
  c.emit.op('CumSum', [c.dy, c.input(1).name], {
    exclusive: { int: intAttribute(c.node, 'exclusive', 0) },
    reverse: { int: 1 - intAttribute(c.node, 'reverse', 0) },
  }),
];
