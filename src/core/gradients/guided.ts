/**
 * Guided backpropagation (arXiv 1412.6806): a ReLU passes back only positive values, and only where it is active. This
 * equals the ReLU of its plain gradient, since both only select values. ReLU6 is a Clip from 0.
 */
import { RECTIFIED } from './fusion';
import type { Rule, RuleContext, RuleTable } from './rule';
import { boundsOf } from './rules/Clip';

const positive = (c: RuleContext, rule: Rule) => rule(c).map((dx) => c.emit.op('Relu', [dx as string]));

/** A ReLU that is fused with another operator would pass on its plain gradient. */
const hidden: ReadonlySet<string> = new Set(Object.values(RECTIFIED));

/** @param rules the plain derivatives */
export const guided = <R extends RuleTable & { readonly Relu: Rule; readonly Clip: Rule }>(rules: R): RuleTable => ({
  ...Object.fromEntries(Object.entries(rules).filter(([operator]) => !hidden.has(operator))),
  Relu: (c) => positive(c, rules.Relu),
  Clip: (c) => (boundsOf(c).min === 0 ? positive(c, rules.Clip) : rules.Clip(c)),
});
