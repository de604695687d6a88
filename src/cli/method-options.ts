/** What the command line says about methods: which ones, and the options they have of their own. */
import { errors } from '../core/errors';
import { methods } from '../core/methods/method-table';
import { METHODS, type MethodName } from '../core/methods/names';
import type { Metric, MetricChoice } from '../core/metrics/measurement';
import { metrics } from '../core/metrics/metric-table';
import type { OwnOptions } from '../core/options';
import { type OptionTable, resolveOptions } from '../core/options';

/** @param list names with commas between them, the value of the option */
export function methodList(list: string, option: string): readonly MethodName[] {
  return list.split(',').map((name) => {
    const known = METHODS.find((method) => method === name.trim());
    if (!known) throw errors.badOption(option, list, `names with commas between them, of ${METHODS.join(', ')}`);
    return known;
  });
}

/**
 * The options of each method from `name=value` pairs.
 *
 * @throws bad-option for a pair that is none, or an option that no method here has
 */
export function ownOptionsOf(
  chosen: readonly MethodName[],
  pairs: readonly string[],
  seed: number,
): ReadonlyMap<MethodName, OwnOptions> {
  return optionsFor('--option', new Map(chosen.map((method) => [method, methods[method].options])), pairs, seed);
}

/** The same of metrics; those not given have their defaults. */
export function metricChoicesOf(
  chosen: readonly Metric[],
  pairs: readonly string[],
  seed: number,
): readonly MetricChoice[] {
  const tables = new Map(chosen.map((metric) => [metric, metrics[metric].options]));
  const given = optionsFor('--metric-option', tables, pairs, seed);
  return chosen.map((metric) => ({ metric, options: resolveOptions(tables.get(metric)!, given.get(metric)!) }));
}

/**
 * Where several are compared, an option is for those that have it; the seed, which always has a value, may be for none.
 *
 * @param flag that the pairs were given with
 * @param tables of options by what has them
 */
function optionsFor<Name extends string>(
  flag: string,
  tables: ReadonlyMap<Name, OptionTable>,
  pairs: readonly string[],
  seed: number,
): ReadonlyMap<Name, OwnOptions> {
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
      const mine = [{ name: 'seed', text: String(seed) }, ...given].filter(({ name }) => Object.hasOwn(table, name));
      return [owner, Object.fromEntries(mine.map(({ name, text }) => [name, parsed(table[name]!, text)]))];
    }),
  );
}

/** A number where the option is one, for its owner to check. */
function parsed(option: OptionTable[string], text: string): number | string {
  const value = Number(text);
  return 'choices' in option || Number.isNaN(value) ? text : value;
}
