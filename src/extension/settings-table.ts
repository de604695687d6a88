/** What each setting accepts, and how values of any form become typed ones. Settings are edited by hand. Pure. */
import * as v from 'valibot';
import { errors } from '../core/errors';
import { METHOD_OPTIONS } from '../core/methods/method-options';
import { METHODS } from '../core/methods/names';
import { accepts, boundsOf, type NumberOption } from '../core/options';
import { fields, parse, read } from '../core/schema';
import { COLORMAPS } from '../core/style';
import { DEVICE_CHOICES } from '../protocol/devices';

export const SECTION = 'groupCam';

const text = v.pipe(v.string(), v.trim());

const GROUP_CAM = METHOD_OPTIONS['group-cam'];

function numberOf(option: Pick<NumberOption, 'min' | 'max' | 'integer'>, wanted: string) {
  return v.custom<number>((value) => accepts({ ...option, title: '', default: option.min }, value), wanted);
}

const optionOf = (option: NumberOption) => numberOf(option, boundsOf(option));

const between = (min: number, max: number) => numberOf({ min, max, integer: false }, `a number from ${min} to ${max}`);
const atLeast = (min: number) =>
  numberOf({ min, max: Number.MAX_VALUE, integer: false }, `a number of at least ${min}`);

/** By name, without the prefix `groupCam.`; the bounds are those of package.json, which has the defaults. */
export const SETTINGS = {
  model: text,
  labels: text,
  layer: text,
  device: v.picklist(DEVICE_CHOICES),
  watchModels: v.boolean(),
  method: v.picklist(METHODS),
  variant: v.picklist(GROUP_CAM.variant.choices),
  groups: optionOf(GROUP_CAM.groups),
  theta: optionOf(GROUP_CAM.theta),
  precision: v.picklist(GROUP_CAM.precision.choices),
  blurKernel: numberOf({ min: 1, max: Number.MAX_SAFE_INTEGER, integer: true }, 'a whole number of at least 1'),
  blurSigma: numberOf({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, integer: false }, 'a number greater than 0'),
  topClasses: numberOf({ min: 1, max: 100, integer: true }, 'a whole number from 1 to 100'),
  colormap: v.picklist(COLORMAPS),
  opacity: between(0, 1),
  threshold: between(0, 1),
  contour: v.boolean(),
  nodePath: text,
  idleMinutes: atLeast(1),
  engineMemory: atLeast(0),
  keptModels: atLeast(0),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type SettingValues = v.InferOutput<v.ObjectSchema<typeof SETTINGS, undefined>>;

/** What VS Code has for a setting: the value that holds, and the default of package.json. */
interface Found {
  readonly value: unknown;
  readonly fallback: unknown;
}

/**
 * Checks each setting. One with a value that it does not accept has its default instead.
 *
 * @returns the values, and by name one line for each setting that was not accepted
 * @throws internal, if a default of package.json is not accepted
 */
export function checkSettings(found: (name: string) => Found): {
  readonly values: SettingValues;
  readonly flaws: ReadonlyMap<string, string>;
} {
  const flaws = new Map<string, string>();
  const accepted = Object.entries(SETTINGS).map(([name, schema]) => {
    const { value, fallback } = found(name);
    const checked = read<unknown>(schema, value);
    if ('value' in checked) return [name, value];
    flaws.set(
      name,
      `The setting ${SECTION}.${name} ${checked.flaw.line}. Its default, ${JSON.stringify(fallback)}, is used.`,
    );
    return [name, fallback];
  });
  const values = parse(fields(SETTINGS), Object.fromEntries(accepted), ({ line }) => errors.internal(line));
  return { values, flaws };
}

/** Passes on each line once, until its setting was accepted in between. */
export function createFlawsTold(tell: (line: string) => void): (flaws: ReadonlyMap<string, string>) => void {
  let told: ReadonlyMap<string, string> = new Map();
  return (flaws) => {
    const before = told;
    told = flaws;
    for (const [name, line] of flaws) if (before.get(name) !== line) tell(line);
  };
}
