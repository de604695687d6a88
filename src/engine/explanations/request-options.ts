/** Options of requests, as they must be. */
import { errors } from '../../core/errors';
import type { MethodOptions } from '../../core/methods/choice';
import { methods } from '../../core/methods/method-table';
import { METHODS } from '../../core/methods/names';
import type { OwnOptions } from '../../core/options';
import { resolveOptions } from '../../core/options';
import type { ExplainParams } from '../../protocol/requests';
import { layersOf } from '../model/inspect';

type Checked = 'method' | 'blurKernel' | 'blurSigma' | 'top' | 'contrastWeight';

const RULES: { readonly [K in Checked]: { valid: (value: ExplainParams[K]) => boolean; wanted: string } } = {
  method: { valid: (value) => METHODS.includes(value), wanted: `one of ${METHODS.join(', ')}` },
  blurKernel: { valid: (value) => isCount(value) && value % 2 === 1, wanted: 'an odd number of pixels' },
  blurSigma: { valid: (value) => value > 0 && Number.isFinite(value), wanted: 'a number of pixels above 0' },
  top: { valid: isCount, wanted: 'a whole number of at least 1' },
  contrastWeight: { valid: (value = 1) => value > 0 && Number.isFinite(value), wanted: 'a number above 0' },
};

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** @throws bad-option */
export function checkOptions(params: ExplainParams): void {
  for (const name of Object.keys(RULES) as Checked[]) check(name, params[name]);
  const layers = layersOf(params.model);
  const twice = layers.find((layer, i) => layers.indexOf(layer) !== i);
  if (twice !== undefined) throw errors.badOption('layer', twice, 'named only once');
}

function check<K extends Checked>(name: K, value: ExplainParams[K]): void {
  const { valid, wanted } = RULES[name];
  if (!valid(value)) throw errors.badOption(name, value, wanted);
}

/**
 * All options of the method, those not given with their defaults. Variant, groups and percentile are Group-CAM's own.
 *
 * @throws bad-option
 */
export function ownOptions({ method, variant, groups, theta, own }: MethodOptions): OwnOptions {
  const given = method === 'group-cam' ? { variant, groups, theta, ...own } : (own ?? {});
  return resolveOptions(methods[method].options, given);
}
