/** Options of the methods, as they must be. */
import { errors } from '../core/errors';
import { METHODS, VARIANTS } from '../core/types';
import type { ExplainParams } from '../protocol/requests';

type Checked = 'method' | 'variant' | 'groups' | 'theta' | 'blurKernel' | 'blurSigma' | 'top';

const RULES: { readonly [K in Checked]: { valid: (value: ExplainParams[K]) => boolean; wanted: string } } = {
  method: { valid: (value) => METHODS.includes(value), wanted: `one of ${METHODS.join(', ')}` },
  variant: { valid: (value) => VARIANTS.includes(value), wanted: `one of ${VARIANTS.join(', ')}` },
  groups: { valid: isCount, wanted: 'a whole number of at least 1' },
  theta: { valid: (value) => value >= 0 && value <= 100, wanted: 'a percentile from 0 to 100' },
  blurKernel: { valid: (value) => isCount(value) && value % 2 === 1, wanted: 'an odd number of pixels' },
  blurSigma: { valid: (value) => value > 0 && Number.isFinite(value), wanted: 'a number of pixels above 0' },
  top: { valid: isCount, wanted: 'a whole number of at least 1' },
};

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** @throws bad-option */
export function checkOptions(params: ExplainParams): void {
  for (const name of Object.keys(RULES) as Checked[]) check(name, params[name]);
}

function check<K extends Checked>(name: K, value: ExplainParams[K]): void {
  const { valid, wanted } = RULES[name];
  if (!valid(value)) throw errors.badOption(name, value, wanted);
}
