/** What the command line says about methods: which ones, and the options they have of their own. */
import { errors } from '../core/errors';
import { type MethodInfo, methods } from '../core/methods/table';
import { METHODS, type Method, type OwnOptions } from '../core/types';

/** @param list names with commas between them, the value of the option */
export function methodList(list: string, option: string): readonly Method[] {
  return list.split(',').map((name) => {
    const known = METHODS.find((method) => method === name.trim());
    if (!known) throw errors.badOption(option, list, `names with commas between them, of ${METHODS.join(', ')}`);
    return known;
  });
}

/**
 * The options of each method from `name=value` pairs. Where several methods are compared, an option is for those that have
 * it; the seed, which always has a value, may be for none.
 *
 * @throws bad-option for a pair that is none, or an option that no method here has
 */
export function ownOptionsOf(
  chosen: readonly Method[],
  pairs: readonly string[],
  seed: number,
): ReadonlyMap<Method, OwnOptions> {
  const given = pairs.map((pair) => {
    const [, name, text] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    if (name === undefined || text === undefined) throw errors.badOption('--option', pair, 'name=value');
    return { name, text };
  });
  for (const { name } of given) {
    if (!chosen.some((method) => has(method, name))) {
      const known = [...new Set(chosen.flatMap((method) => Object.keys(methods[method].options)))];
      throw errors.badOption('--option', name, known.length ? `one of ${known.join(', ')}` : 'left out: there is none');
    }
  }
  return new Map(
    chosen.map((method) => {
      const mine = [{ name: 'seed', text: String(seed) }, ...given].filter(({ name }) => has(method, name));
      return [method, Object.fromEntries(mine.map(({ name, text }) => [name, parsed(method, name, text)]))];
    }),
  );
}

function has(method: Method, name: string): boolean {
  return Object.hasOwn(methods[method].options, name);
}

/** A number where the option is one, for the method to check. */
function parsed(method: Method, name: string, text: string): number | string {
  const option = (methods[method] as MethodInfo).options[name]!;
  const value = Number(text);
  return 'choices' in option || Number.isNaN(value) ? text : value;
}
