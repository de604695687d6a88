/** What the command line says about methods: which ones, and their options. */
import { errors } from '../core/errors';
import { type Blur, DEFAULT_CHOICE, type MethodChoice } from '../core/methods/choice';
import { METHOD_OPTIONS } from '../core/methods/method-options';
import { METHODS, type MethodName } from '../core/methods/names';
import type { Metric, MetricChoice } from '../core/metrics/measurement';
import { metrics } from '../core/metrics/metric-table';
import { type OptionTable, type OptionValues, resolveOptions } from '../core/options';

/** @param list names with commas between them, the value of the option */
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
 * @param flags options that have a flag of their own; each is for the methods that have it, and a pair goes before it
 * @throws bad-option for a pair that is none, an option that no method here has, or a value out of its bounds
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

/** The same of metrics. */
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
 * Where several are compared, an option is for those that have it.
 *
 * @param flag that the pairs were given with
 * @param tables of options by what has them
 * @param others that have flags of their own, and may be for none
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
  const known = [...new Set([...tables.values()].flatMap((table) => Object.keys(table)))];
  for (const { name } of given) {
    if (!known.includes(name))
      throw errors.badOption(flag, name, known.length ? `one of ${known.join(', ')}` : 'left out: there is none');
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

/** A number where the option is one, for its owner to check. */
function parsed(option: OptionTable[string], text: string): number | string {
  const value = Number(text);
  return 'choices' in option || Number.isNaN(value) ? text : value;
}
