/** Reads methods and their options from the command line. */
import { errors } from '../core/errors';
import { type Blur, DEFAULT_CHOICE, type MethodChoice } from '../core/methods/choice';
import { METHOD_OPTIONS } from '../core/methods/method-options';
import { METHODS, type MethodName, usesBlur, usesLayer } from '../core/methods/names';
import { METRICS, type Metric, type MetricChoice } from '../core/metrics/measurement';
import { metrics } from '../core/metrics/metric-table';
import { type OptionTable, type OptionValues, optionsInForce, resolveOptions } from '../core/options';

/** @param list the value of the option: names separated by commas */
export function methodList(list: string, option: string): readonly MethodName[] {
  return list.split(',').map((name) => {
    const known = METHODS.find((method) => method === name.trim());
    if (!known) throw errors.badOption(option, list, `names with commas between them, of ${METHODS.join(', ')}`);
    return known;
  });
}

/** What the command line says of methods besides their names. */
export interface GivenOptions {
  /** `name=value`, of --option. A pair takes precedence over a flag. */
  readonly pairs?: readonly string[] | undefined;
  /** Options with a flag of their own, by name; undefined if not given. */
  readonly flags?: Readonly<Record<string, number | string | undefined>>;
  readonly blur?: { readonly [Part in keyof Blur]: Blur[Part] | undefined };
  readonly layer?: string | readonly string[] | undefined;
  /** Of all methods that draw random numbers. It is no error if none does: their maps are the same with every seed. */
  readonly seed: number;
}

/**
 * The methods with all of their options. What is given applies to the methods that have it.
 *
 * @param say told what has no effect beside another option
 * @throws bad-option for an invalid pair, what none of the methods has, or a value out of bounds
 */
export function methodChoicesOf(
  chosen: readonly MethodName[],
  given: GivenOptions,
  say: (line: string) => void,
): readonly MethodChoice[] {
  const { pairs = [], seed } = given;
  checkUsed(chosen, given);
  const flags = definedOf(given.flags ?? {});
  const values = optionsFor('--option', METHOD_TABLES, chosen, pairs, { seed, ...flags });
  const blur = { ...DEFAULT_CHOICE.blur, ...definedOf(given.blur ?? {}) };
  const choices = chosen.map((method) => ({
    method,
    options: resolveOptions(METHOD_OPTIONS[method] as OptionTable, values.get(method)!),
    blur,
  }));
  for (const line of idleLines([...Object.keys(flags), ...pairs.map((pair) => pair.split('=', 1)[0]!)], choices))
    say(line);
  return choices;
}

/**
 * Refuses what none of the methods would look at.
 *
 * @param chosen methods, or another name that stands in the place of one and has no options
 * @throws bad-option
 */
export function checkUsed(chosen: readonly string[], { flags = {}, blur, layer }: GivenOptions): void {
  const options = Object.entries(flags).map(([name, value]) => ({
    flag: `--${name}`,
    value,
    used: METHODS.filter((method) => Object.hasOwn(METHOD_OPTIONS[method], name)),
  }));
  const others = [
    { flag: '--blur-kernel', value: blur?.kernel, used: METHODS.filter(usesBlur) },
    { flag: '--blur-sigma', value: blur?.sigma, used: METHODS.filter(usesBlur) },
    { flag: '--layer', value: layer, used: METHODS.filter(usesLayer) },
  ];
  for (const { flag, value, used } of [...options, ...others]) {
    if (value === undefined || used.some((method) => chosen.includes(method))) continue;
    const without = `${chosen.join(', ')} ${chosen.length === 1 ? 'has' : 'have'} no such option`;
    const having = `only ${used.join(', ')} ${used.length === 1 ? 'has' : 'have'} it`;
    throw errors.badOption(flag, value, `left out: ${without}, ${having}`);
  }
}

/** Lines about options that are given and have no effect in any of the choices, since another option has another value. */
function idleLines(given: readonly string[], choices: readonly MethodChoice[]): readonly string[] {
  const owners = choices.map(({ method, options }) => ({ table: METHOD_OPTIONS[method] as OptionTable, options }));
  return [...new Set(given)].flatMap((name) => {
    const having = owners.filter(({ table }) => Object.hasOwn(table, name));
    if (having.some(({ table, options }) => optionsInForce(table, options).some(([other]) => other === name)))
      return [];
    const conditions = Object.entries(having[0]?.table[name]?.only ?? {});
    return [
      `${name}: without effect unless ${conditions.map(([other, value]) => `${other} is ${value}`).join(' and ')}`,
    ];
  });
}

const definedOf = <Value>(values: Readonly<Record<string, Value | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined));

/** The same for metrics. */
export function metricChoicesOf(
  chosen: readonly Metric[],
  pairs: readonly string[],
  seed: number,
): readonly MetricChoice[] {
  const given = optionsFor('--metric-option', METRIC_TABLES, chosen, pairs, { seed });
  return chosen.map((metric) => ({ metric, options: resolveOptions(metrics[metric].options, given.get(metric)!) }));
}

const METHOD_TABLES = new Map(METHODS.map((method): [MethodName, OptionTable] => [method, METHOD_OPTIONS[method]]));
const METRIC_TABLES = new Map(METRICS.map((metric): [Metric, OptionTable] => [metric, metrics[metric].options]));

/**
 * Resolves the options of several methods or metrics. An option applies to those that have it.
 *
 * @param flag the flag that the pairs were given with
 * @param all tables of options by method or metric
 * @param chosen some of these
 * @param others options with flags of their own, which may apply to none
 */
function optionsFor<Name extends string>(
  flag: string,
  all: ReadonlyMap<Name, OptionTable>,
  chosen: readonly Name[],
  pairs: readonly string[],
  others: OptionValues,
): ReadonlyMap<Name, OptionValues> {
  const given = pairs.map((pair) => {
    const [, name, text] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    if (name === undefined || text === undefined) throw errors.badOption(flag, pair, 'name=value');
    return { name, text };
  });
  const tables = new Map(chosen.map((name) => [name, all.get(name)!]));
  const owners = [...tables.keys()].join(', ');
  const known = [...new Set([...tables.values()].flatMap((table) => Object.keys(table)))];
  for (const { name } of given) {
    if (known.includes(name)) continue;
    const without = `left out: ${owners} ${tables.size === 1 ? 'has' : 'have'} no options`;
    const wanted = known.length > 0 ? `one of ${known.join(', ')}, the options of ${owners}` : without;
    const others = [...all].filter(([, table]) => Object.hasOwn(table, name)).map(([owner]) => owner);
    const elsewhere =
      others.length > 0 ? `; only ${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} ${name}` : '';
    throw errors.badOption(flag, name, `${wanted}${elsewhere}`);
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
