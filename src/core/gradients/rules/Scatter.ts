/**
 * y = x with `updates` written at `indices`, or added there: the updates' gradient is dy at the indices, and dx is dy with
 * zeros where x was overwritten.
 */
import { intAttribute, stringAttribute } from '../../onnx/model';
import { operatorOf } from '../../onnx/operators';
import { expand } from '../../onnx/ops';
import type { Rule, RuleContext } from '../rule';

export const ScatterND: Rule = (c) => [
  overwritten(c),
  undefined,
  c.wants(2) ? c.emit.op('GatherND', [c.dy, c.input(1).name]) : undefined,
];

export const ScatterElements: Rule = (c) => [
  overwritten(c),
  undefined,
  // Before 11 there is no operator that reads the updates back.
  c.wants(2) && c.emit.opset >= 11
    ? c.emit.op('GatherElements', [c.dy, c.input(1).name], { axis: { int: intAttribute(c.node, 'axis', 0) } })
    : undefined,
];

/** ScatterElements was called Scatter before 11. */
export const Scatter = ScatterElements;

function overwritten(c: RuleContext): string {
  const reduction = stringAttribute(c.node, 'reduction', 'none');
  if (reduction === 'add') return c.dy;
  if (reduction !== 'none') throw c.failure(`only the reductions none and add are supported, not ${reduction}`);
  const zeros = expand(c.emit, c.scalar(0), c.input(2).dims);
  return c.emit.op(operatorOf(c.node), [c.dy, c.input(1).name, zeros], c.node.attribute);
}
