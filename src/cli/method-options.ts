/** Reads methods and their options from the command line. */
import { errors } from '../core/errors';
import { type Blur, DEFAULT_CHOICE, type MethodChoice } from '../core/methods/choice';
import { METHOD_OPTIONS } from '../core/methods/method-options';
import { METHODS, type MethodName } from '../core/methods/names';
import type { Metric, MetricChoice } from '../core/metrics/measurement';
import { metrics } from '../core/metrics/metric-table';
import { type OptionTable, type OptionValues, resolveOptions } from '../core/options';

/** @param list the value of the option: names separated by commas */
export function methodList(list: string, option: string): readonly MethodName[] {
  return list.split(',').map((name) => {
    const known = METHODS.find((method) => method === name.trim());
    if (!known) throw errors.badOption(option, list, `names with commas between them, of ${METHODS.join(', ')}`);
    return known;
  });
}

/**
 * The methods with all of their options, from `name=value` pairs.
 *
 * @param flags options with a flag of their own. A flag applies to the methods that have the option, and a pair takes
 *   precedence over it
 * @throws bad-option for an invalid pair, an option that none of the methods has, or a value out of bounds
 */
export function methodChoicesOf(
  chosen: readonly MethodName[],
  pairs: readonly string[],
  flags: OptionValues,
  blur: Blur = DEFAULT_CHOICE.blur,
): readonly MethodChoice[] {
  const tables = new Map(chosen.map((method): [MethodName, OptionTable] => [method, METHOD_OPTIONS[method]]));
  const given = optionsFor('--option', tables, pairs, flags);
  return chosen.map((method) => ({ method, options: resolveOptions(tables.get(method)!, given.get(method)!), blur }));
}

/** The same for metrics. */
export function metricChoicesOf(
  chosen: readonly Metric[],
  pairs: readonly string[],
  seed: number,
): readonly MetricChoice[] {
  const tables = new Map(chosen.map((metric) => [metric, metrics[metric].options]));
  const given = optionsFor('--metric-option', tables, pairs, { seed });
  return chosen.map((metric) => ({ metric, options: resolveOptions(tables.get(metric)!, given.get(metric)!) }));
}

/**
 * Resolves the options of several methods or metrics. An option applies to those that have it.
 *
 * @param flag the flag that the pairs were given with
 * @param tables tables of options by method or metric
 * @param others options with flags of their own, which may apply to none
 */
function optionsFor<Name extends string>(
  flag: string,
  tables: ReadonlyMap<Name, OptionTable>,
  pairs: readonly string[],
  others: OptionValues,
): ReadonlyMap<Name, OptionValues> {
  const given = pairs.map((pair) => {
    const [, name, text] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    if (name === undefined || text === undefined) throw errors.badOption(flag, pair, 'name=value');
    return { name, text };
  });
  const owners = [...tables.keys()].join(', ');
  const without = `left out: ${owners} ${tables.size === 1 ? 'has' : 'have'} no options`;
  const known = [...new Set([...tables.values()].flatMap((table) => Object.keys(table)))];
  for (const { name } of given) {
    if (!known.includes(name))
      throw errors.badOption(flag, name, known.length ? `one of ${known.join(', ')}` : without);
  }
  return new Map(
    [...tables].map(([owner, table]) => {
      const own = ([name]: readonly [string, unknown]) => Object.hasOwn(table, name);
      const mine = given.map(({ name, text }) => [name, text] as const).filter(own);
      const pairs = mine.map(([name, text]) => [name, parsed(table[name]!, text)]);
      return [owner, { ...Object.fromEntries(Object.entries(others).filter(own)), ...Object.fromEntries(pairs) }];
    }),
  );
}

/** The value as a number if the option is numeric. Bounds are checked later. */
function parsed(option: OptionTable[string], text: string): number | string {
  const value = Number(text);
  return 'choices' in option || Number.isNaN(value) ? text : value;
}
