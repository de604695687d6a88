/** Options of methods: their defaults and bounds as data, their types from it. */
import { errors } from './errors';

export type OwnOptions = Readonly<Record<string, number | string>>;

export interface NumberOption {
  readonly title: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

export interface ChoiceOption<Choice extends string = string> {
  readonly title: string;
  readonly default: Choice;
  readonly choices: readonly Choice[];
}

export type OptionTable = Readonly<Record<string, NumberOption | ChoiceOption>>;

/** The values that a table of options takes. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends ChoiceOption<infer Choice> ? Choice : number;
};

export function integer(title: string, value: number, min: number, max: number): NumberOption {
  return { title, default: value, min, max, integer: true };
}

export function real(title: string, value: number, min: number, max: number): NumberOption {
  return { title, default: value, min, max, integer: false };
}

export function choice<const Choice extends string>(
  title: string,
  value: NoInfer<Choice>,
  choices: readonly Choice[],
): ChoiceOption<Choice> {
  return { title, default: value, choices };
}

/** Of every method that draws random numbers: the same seed gives the same map. */
export const seedOption = integer('Seed of the random numbers', 0, 0, 2 ** 32 - 1);

/**
 * The given values, and defaults for the others.
 *
 * @throws bad-option for a name that is not in the table or a value out of its bounds
 */
export function resolveOptions<Table extends OptionTable>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
): OptionsOf<Table> {
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(table, name) ? table[name]! : undefined;
    if (!option)
      throw errors.badOption(name, value, `left out: options here are ${Object.keys(table).join(', ') || 'none'}`);
    if (!accepts(option, value)) throw errors.badOption(name, value, boundsOf(option));
  }
  const defaults = Object.entries(table).map(([name, option]) => [name, option.default]);
  return { ...Object.fromEntries(defaults), ...given } as OptionsOf<Table>;
}

function accepts(option: NumberOption | ChoiceOption, value: unknown): boolean {
  if ('choices' in option) return option.choices.some((known) => known === value);
  if (typeof value !== 'number' || (option.integer && !Number.isInteger(value))) return false;
  return value >= option.min && value <= option.max;
}

function boundsOf(option: NumberOption | ChoiceOption): string {
  if ('choices' in option) return `one of ${option.choices.join(', ')}`;
  return `${option.integer ? 'a whole number' : 'a number'} from ${option.min} to ${option.max}`;
}
