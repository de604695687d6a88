/** dx is the concatenation of the outputs' gradients, with zeros for an output that the score does not depend on. */
import { intAttribute } from '../../onnx/model';
import type { Rule } from '../rule';

export const Split: Rule = (c) => {
  const parts = Array.from({ length: c.results }, (_, i) => c.gradient(i));
  return [c.emit.op('Concat', parts, { axis: { int: intAttribute(c.node, 'axis', 0) } })];
};
