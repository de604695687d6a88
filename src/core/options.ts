/** Options of methods and metrics: their defaults, bounds and words as data, their types from it. */
import { errors } from './errors';

/** By the names that a table gives them. */
export type OptionValues = Readonly<Record<string, number | string>>;

/** What an option may have besides its title, default and bounds. */
interface Details {
  /** What it does, in a sentence or two. */
  readonly text?: string;
  /** The option has an effect only if the options named here have these values. */
  readonly only?: OptionValues;
}

export interface NumberOption extends Details {
  /** A few words, as in a list of options. */
  readonly title: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** The paper's symbol. Summaries always show an option with a symbol, and other options only if they differ from the default. */
  readonly symbol?: string;
}

export interface ChoiceOption<Choice extends string = string> extends Details {
  readonly title: string;
  readonly default: Choice;
  readonly choices: readonly Choice[];
  /** What each choice means. */
  readonly texts?: Readonly<Record<Choice, string>>;
}

export type Option = NumberOption | ChoiceOption;
export type OptionTable = Readonly<Record<string, Option>>;

/** The values that a table of options takes. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends ChoiceOption<infer Choice> ? Choice : number;
};

type NumberDetails = Pick<NumberOption, 'text' | 'only' | 'symbol'>;

export function integer(title: string, value: number, min: number, max: number, details?: NumberDetails): NumberOption {
  return { title, default: value, min, max, integer: true, ...details };
}

export function real(title: string, value: number, min: number, max: number, details?: NumberDetails): NumberOption {
  return { title, default: value, min, max, integer: false, ...details };
}

export function choice<const Choice extends string>(
  title: string,
  value: NoInfer<Choice>,
  choices: readonly Choice[],
  details?: Details & { readonly texts?: Readonly<Record<NoInfer<Choice>, string>> },
): ChoiceOption<Choice> {
  return { title, default: value, choices, ...details };
}

/** The seed option of every method that draws random numbers. The same seed gives the same map. */
export const seedOption = integer('Seed of the random numbers', 0, 0, 2 ** 32 - 1);

/**
 * The given values, with defaults for the options that are missing.
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
  return { ...defaultsOf(table), ...given } as OptionsOf<Table>;
}

/** In the order of the table. */
export function defaultsOf(table: OptionTable): OptionValues {
  return Object.fromEntries(Object.entries(table).map(([name, option]) => [name, option.default]));
}

/** A value from text, a number where the option is one; undefined if the option does not accept it. */
export function valueFrom(option: Option, text: string): number | string | undefined {
  const value = 'choices' in option ? text : text.trim() === '' ? Number.NaN : Number(text);
  return accepts(option, value) ? value : undefined;
}

export function accepts(option: Option, value: unknown): value is number | string {
  if ('choices' in option) return option.choices.some((known) => known === value);
  if (typeof value !== 'number' || (option.integer && !Number.isInteger(value))) return false;
  return value >= option.min && value <= option.max;
}

/** What the option accepts, in words that follow "must be". */
export function boundsOf(option: Option): string {
  if ('choices' in option) return `one of ${option.choices.join(', ')}`;
  return `${option.integer ? 'a whole number' : 'a number'} from ${option.min} to ${option.max}`;
}

/** The options that have an effect with these values, by name. */
export function optionsInForce(table: OptionTable, values: OptionValues): [name: string, option: Option][] {
  return Object.entries(table).filter(([, { only = {} }]) =>
    Object.entries(only).every(([other, value]) => values[other] === value),
  );
}
