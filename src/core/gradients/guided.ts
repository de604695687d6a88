/**
 * Guided backpropagation (arXiv 1412.6806): a ReLU passes back only positive values, and only where it is active. This
 * equals the ReLU of its plain gradient, since both only select values. ReLU6 is a Clip from 0.
 */
import type { Rule, RuleContext, RuleTable } from './rule';
import { boundsOf } from './rules/Clip';

const positive = (c: RuleContext, rule: Rule) => rule(c).map((dx) => c.emit.op('Relu', [dx as string]));

/** @param rules the plain derivatives */
export const guided = <R extends RuleTable & { readonly Relu: Rule; readonly Clip: Rule }>(rules: R): RuleTable => ({
  ...rules,
  Relu: (c) => positive(c, rules.Relu),
  Clip: (c) => (boundsOf(c).min === 0 ? positive(c, rules.Clip) : rules.Clip(c)),
});
