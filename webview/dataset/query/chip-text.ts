import { printCondition } from '../../../src/core/query/print';
import type { Condition } from '../../../src/core/query/query';

/** A condition as a chip shows it. */
export function chipText(condition: Condition): string {
  if (condition.kind === 'class') return `${condition.of}${condition.is ? ':' : ' is not'} ${condition.name || 'none'}`;
  if (condition.kind === 'lasso') return `${condition.is ? '' : 'not '}lasso in ${condition.set}`;
  if (condition.kind === 'tag' || condition.kind === 'split' || condition.kind === 'cluster') {
    return `${condition.kind}${condition.is ? ':' : ' is not'} ${condition.name}`;
  }
  if (condition.kind === 'flag' && condition.in !== undefined) return `${condition.flag} in ${condition.in}`;
  if (condition.kind === 'shift') return `shift from ${condition.from} ${condition.comparison} ${condition.value}`;
  return printCondition(condition);
}
