/**
 * Guided backpropagation (arXiv 1412.6806): a ReLU passes back only what is positive, besides being active itself. That is
 * the ReLU of its plain gradient, since both only choose what is kept. ReLU6 is a Clip from 0.
 */
import { attributeOf } from '../onnx/model';
import type { Rule, RuleContext, RuleTable } from './rule';
import { RULES } from './table';

const positive = (c: RuleContext, rule: Rule) => rule(c).map((dx) => c.emit.op('Relu', [dx as string]));

export const guided = (rules: RuleTable): RuleTable => ({
  ...rules,
  Relu: (c) => positive(c, RULES.Relu),
  Clip: (c) => (isFromZero(c) ? positive(c, RULES.Clip) : RULES.Clip(c)),
});

/** The lower bound was an attribute before 11. */
function isFromZero(c: RuleContext): boolean {
  return (c.has(1) ? c.input(1).values?.[0] : attributeOf(c.node, 'min')) === 0;
}
