/** Each input's gradient is its own part of dy. */
import { intAttribute } from '../../onnx/model';
import { split } from '../../onnx/ops';
import type { Rule } from '../rule';

export const Concat: Rule = (c) => {
  if (c.arity === 1) return [c.dy];
  const axis = intAttribute(c.node, 'axis', 0);
  const sizes = c.node.input.map((_, i) => c.input(i).dims.at(axis)!);
  return split(c.emit, c.dy, sizes, axis < 0 ? axis + c.y.dims.length : axis);
};
