/** Softmax: dx = y (dy - sum(dy y)). LogSoftmax: dx = dy - exp(y) sum(dy). */
import { intAttribute } from '../../onnx/model';
import { reduceSum } from '../../onnx/ops';
import type { Rule, RuleContext } from '../rule';
import { multiply, subtract } from './arithmetic';

export const Softmax: Rule = (c) => {
  const mean = reduceSum(c.emit, multiply(c, c.dy, c.y.name), axesOf(c));
  return [multiply(c, c.y.name, subtract(c, c.dy, mean))];
};

export const LogSoftmax: Rule = (c) => {
  const total = reduceSum(c.emit, c.dy, axesOf(c));
  return [subtract(c, c.dy, multiply(c, c.emit.op('Exp', [c.y.name]), total))];
};

/** The axes over which y sums to 1: one axis since 13; before, `axis` and all axes after it together. */
function axesOf(c: RuleContext): number[] {
  const rank = c.x.dims.length;
  const since13 = c.emit.opset >= 13;
  const given = intAttribute(c.node, 'axis', since13 ? -1 : 1);
  const axis = given < 0 ? given + rank : given;
  return since13 ? [axis] : Array.from({ length: rank - axis }, (_, i) => axis + i);
}
