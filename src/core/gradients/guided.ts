/**
 * Guided backpropagation (arXiv 1412.6806): a ReLU passes back only what is positive, besides being active itself. That is
 * the ReLU of its plain gradient, since both only choose what is kept. ReLU6 is a Clip from 0.
 */
import { attributeOf } from '../onnx/model';
import type { Rule, RuleContext, RuleTable } from './rule';

const positive = (c: RuleContext, rule: Rule) => rule(c).map((dx) => c.emit.op('Relu', [dx as string]));

/** @param rules the plain derivatives */
export const guided = <R extends RuleTable & { readonly Relu: Rule; readonly Clip: Rule }>(rules: R): RuleTable => ({
  ...rules,
  Relu: (c) => positive(c, rules.Relu),
  Clip: (c) => (isFromZero(c) ? positive(c, rules.Clip) : rules.Clip(c)),
});

/** The lower bound was an attribute before 11. */
function isFromZero(c: RuleContext): boolean {
  return (c.has(1) ? c.input(1).values?.[0] : attributeOf(c.node, 'min')) === 0;
}
