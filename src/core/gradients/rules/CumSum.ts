/** y = sums of x up to each place: dx = sums of dy from each place on, which is the operator itself from the other end. */
import { intAttribute } from '../../onnx/model';
import type { Rule } from '../rule';

export const CumSum: Rule = (c) => [
  c.emit.op('CumSum', [c.dy, c.input(1).name], {
    exclusive: { int: intAttribute(c.node, 'exclusive', 0) },
    reverse: { int: 1 - intAttribute(c.node, 'reverse', 0) },
  }),
];
