/** Values of options: read and checked while the command line is parsed. */
import { Option } from 'commander';
import { errors } from '../core/errors';
import { methodList } from './method-options';

interface Range {
  readonly wanted: string;
  readonly holds: (value: number) => boolean;
}

export const COUNT: Range = {
  wanted: 'a whole number from 1',
  holds: (value) => Number.isSafeInteger(value) && value >= 1,
};
export const SEED: Range = {
  wanted: 'a whole number from 0',
  holds: (value) => Number.isSafeInteger(value) && value >= 0,
};
export const ODD: Range = {
  wanted: 'an odd number of pixels from 1',
  holds: (value) => COUNT.holds(value) && value % 2 === 1,
};
export const PERCENTILE: Range = { wanted: 'a number from 0 to 100', holds: (value) => value >= 0 && value <= 100 };
export const POSITIVE: Range = {
  wanted: 'a number above 0',
  holds: (value) => value > 0 && Number.isFinite(value),
};

/** `flags` as commander writes them, such as `--groups <n>`. */
export function numberOption(flags: string, description: string, range: Range, preset?: number): Option {
  const option = new Option(flags, description).default(preset);
  return option.argParser((text: string) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!range.holds(value)) throw errors.badOption(option.long ?? flags, text, range.wanted);
    return value;
  });
}

export function choiceOption<T extends string>(
  flags: string,
  description: string,
  choices: readonly T[],
  preset: T,
): Option {
  const option = new Option(flags, `${description} (${choices.join(', ')})`).default(preset);
  return option.argParser((text: string) => {
    if (!choices.some((choice) => choice === text)) {
      throw errors.badOption(option.long ?? flags, text, `one of ${choices.join(', ')}`);
    }
    return text;
  });
}

/** Some of the choices, with commas between them; all of them by default. */
export function choicesOption<T extends string>(flags: string, description: string, choices: readonly T[]): Option {
  const option = new Option(flags, description).default(choices, choices.join());
  return option.argParser((text: string) =>
    text.split(',').map((name) => {
      const known = choices.find((choice) => choice === name.trim());
      if (known === undefined) throw errors.badOption(option.long ?? flags, text, `some of ${choices.join(', ')}`);
      return known;
    }),
  );
}

/** Names of methods with commas between them. */
export function compareOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text: string) => methodList(text, option.long ?? flags));
}

/** An option that may be repeated. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: readonly string[] = []) => [...before, text]);
}

/** The index that `gradient` wants. */
export function classIndexOption(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory().argParser((text: string) => {
    if (!/^\d+$/.test(text)) throw errors.badOption('--class', text, 'the index of a class');
    return Number(text);
  });
}
