/** Values of options: read and checked while the command line is parsed. */
import { type Command, Option } from 'commander';
import { errors } from '../core/errors';
import { DEFAULT_CHOICE } from '../core/methods/choice';
import { METHOD_OPTIONS, type OptionsOfMethod } from '../core/methods/method-options';
import { boundsOf, valueFrom } from '../core/options';
import { boundsText, isWithin, TRAINING_NUMBERS, type TrainingNumber } from '../protocol/params/training-options';
import { ARMS, type Arm, trainingDefaults } from '../protocol/training';
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
const ODD: Range = {
  wanted: 'an odd number of pixels from 1',
  holds: (value) => COUNT.holds(value) && value % 2 === 1,
};
export const POSITIVE: Range = {
  wanted: 'a number above 0',
  holds: (value) => value > 0 && Number.isFinite(value),
};

/** A numeric option; `flags` are in commander's form, such as `--groups <n>`. */
export function numberOption(flags: string, description: string, range: Range, preset?: number): Option {
  const option = new Option(flags, description).default(preset);
  return option.argParser((text: string) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!range.holds(value)) throw errors.badOption(option.long ?? flags, text, range.wanted);
    return value;
  });
}

/** A number of a training, by the table that the editor's form has too. */
export function trainingOption(name: TrainingNumber): Option {
  const known = TRAINING_NUMBERS[name];
  const range = { wanted: boundsText(known), holds: (value: number) => isWithin(known, value) };
  const without = ARMS.filter((arm) => !known.arms.includes(arm));
  const only = without.length === 0 ? '' : `; without effect for ${without.join(', ')}`;
  return numberOption(known.flag, `${known.text}${only} (default: ${presetText(name)})`, range);
}

/** The default in words: of the last layer alone and of the other arms, or with regions pasted and without. */
function presetText(name: TrainingNumber): string {
  const { arms } = TRAINING_NUMBERS[name];
  const of = (arm: Arm, pasted: boolean) => trainingDefaults(arm, pasted)[name];
  const [usual, withPasted] = [of('plain', false), of('plain', true)];
  if (arms.includes('head') && of('head', false) !== usual) return `${of('head', false)} for head, else ${usual}`;
  return usual === withPasted ? String(usual) : `${withPasted} if regions are pasted, else ${usual}`;
}

export function choiceOption<T extends string>(
  flags: string,
  description: string,
  choices: readonly T[],
  preset?: T,
): Option {
  const option = new Option(flags, `${description} (${choices.join(', ')})`).default(preset);
  return option.argParser((text: string) => {
    if (!choices.some((choice) => choice === text)) {
      throw errors.badOption(option.long ?? flags, text, `one of ${choices.join(', ')}`);
    }
    return text;
  });
}

/** An option of the method Group-CAM that has a flag of its own. Without it, the value is undefined. */
function groupCamOption(name: keyof GroupCamFlags, value: string): Option {
  const known = METHOD_OPTIONS['group-cam'][name];
  const choices = 'choices' in known ? ` (${known.choices.join(', ')})` : '';
  const description = `${known.title.toLowerCase()}; for group-cam only${choices} (default: ${JSON.stringify(known.default)})`;
  const option = new Option(`--${name} <${value}>`, description);
  return option.argParser((text: string) => {
    const found = valueFrom(known, text);
    if (found === undefined) throw errors.badOption(`--${name}`, text, boundsOf(known));
    return found;
  });
}

/** Adds the options of masks and blends, which `explain` and `export` share. */
export function addMaskOptions(command: Command): Command {
  const { blur } = DEFAULT_CHOICE;
  return command
    .addOption(groupCamOption('variant', 'name'))
    .addOption(groupCamOption('groups', 'n'))
    .addOption(groupCamOption('theta', 'percentile'))
    .addOption(
      numberOption(
        '--blur-kernel <pixels>',
        `size of the kernel that blurs the image, an odd number; for group-cam only (default: ${blur.kernel})`,
        ODD,
      ),
    )
    .addOption(
      numberOption(
        '--blur-sigma <pixels>',
        `standard deviation of that kernel; for group-cam only (default: ${blur.sigma})`,
        POSITIVE,
      ),
    );
}

type GroupCamFlags = Pick<OptionsOfMethod<'group-cam'>, 'variant' | 'groups' | 'theta'>;

/** Flags of masks and blends; those not given are undefined. */
export interface MaskFlags extends Partial<GroupCamFlags> {
  readonly blurKernel?: number;
  readonly blurSigma?: number;
}

export function givenMasks({ variant, groups, theta, blurKernel, blurSigma }: MaskFlags) {
  return { flags: { variant, groups, theta }, blur: { kernel: blurKernel, sigma: blurSigma } };
}

/** An option whose value is a list of choices separated by commas; by default all of them. */
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

/** An option whose value is a list of methods separated by commas. */
export function compareOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text: string) => methodList(text, option.long ?? flags));
}

/** An option that may be repeated. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: readonly string[] = []) => [...before, text]);
}

/** The option of `gradient` for the index of a class. */
export function classIndexOption(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory().argParser((text: string) => {
    if (!/^\d+$/.test(text)) throw errors.badOption('--class', text, 'the index of a class');
    return Number(text);
  });
}

export const verboseOption = () => new Option('--verbose', 'show the stack trace of an error');
