/** Validates the options of requests. */
import { errors } from '../../core/errors';
import type { MethodChoice } from '../../core/methods/choice';
import { methods } from '../../core/methods/method-table';
import { METHODS, type MethodName } from '../../core/methods/names';
import { type OptionValues, resolveOptions } from '../../core/options';
import type { ExplainParams } from '../../protocol/requests';
import { layersOf } from '../model/inspect';

/** @throws bad-option */
export function checkOptions(
  params: Pick<ExplainParams, 'method' | 'blur' | 'top' | 'contrastWeight' | 'model'>,
): void {
  const { method, blur, top, contrastWeight = 1 } = params;
  check('method', method, METHODS.includes(method), `one of ${METHODS.join(', ')}`);
  check('blurKernel', blur.kernel, isCount(blur.kernel) && blur.kernel % 2 === 1, 'an odd number of pixels');
  check('blurSigma', blur.sigma, isPositive(blur.sigma), 'a number of pixels above 0');
  check('top', top, isCount(top), 'a whole number of at least 1');
  check('contrastWeight', contrastWeight, isPositive(contrastWeight), 'a number above 0');
  const layers = layersOf(params.model);
  const twice = layers.find((layer, i) => layers.indexOf(layer) !== i);
  if (twice !== undefined) throw errors.badOption('layer', twice, 'named only once');
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1;
const isPositive = (value: number) => value > 0 && Number.isFinite(value);

function check(name: string, value: unknown, valid: boolean, wanted: string): void {
  if (!valid) throw errors.badOption(name, value, wanted);
}

/**
 * The choice with all options of the method; missing ones get their defaults.
 *
 * @throws bad-option
 */
export function completed<Choice extends MethodChoice>(choice: Choice): Choice {
  return { ...choice, options: completedOptions(choice.method, choice.options) };
}

/** @throws bad-option */
export function completedOptions(method: MethodName, given: OptionValues): OptionValues {
  return resolveOptions(methods[method].options, given);
}
