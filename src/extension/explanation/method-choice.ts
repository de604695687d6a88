/**
 * The method and options of a panel. A choice for the panel takes precedence over the settings, and these over the
 * defaults. Pure.
 */
import * as v from 'valibot';
import type { Blur, MethodChoice } from '../../core/methods/choice';
import { METHOD_OPTIONS, type OptionsByMethod } from '../../core/methods/method-options';
import { METHODS, type MethodName } from '../../core/methods/names';
import { accepts, defaultsOf, type Option, type OptionValues } from '../../core/options';

/** The method and options in the settings. */
export interface MethodSettings {
  readonly method: MethodName;
  readonly options: OptionsByMethod;
  readonly blur: Blur;
}

/** The choice for one panel. */
export interface ChosenMethod {
  readonly method?: MethodName;
  /** Only the options that differ from the settings and defaults. */
  readonly options: OptionsByMethod;
}

/** Options that are also settings. */
export const OPTION_SETTINGS = { 'group-cam': ['variant', 'groups', 'theta', 'precision'] } as const satisfies {
  readonly [Name in MethodName]?: readonly string[];
};

export const NOTHING_CHOSEN: ChosenMethod = { options: {} };

/** The method with all of its options, in the order of its table. */
export function methodChoice(
  settings: MethodSettings,
  chosen: ChosenMethod,
  method: MethodName = chosen.method ?? settings.method,
): MethodChoice {
  const defaults = defaultsOf(METHOD_OPTIONS[method]);
  const options = { ...defaults, ...settings.options[method], ...chosen.options[method] };
  return { method, options, blur: settings.blur };
}

/**
 * The choice after the user has chosen a method and its options.
 *
 * @param values all options of the method
 */
export function withOptions(
  { options }: ChosenMethod,
  settings: MethodSettings,
  method: MethodName,
  values: OptionValues,
): ChosenMethod {
  const before = methodChoice(settings, NOTHING_CHOSEN, method).options;
  return {
    ...(method !== settings.method && { method }),
    options: { ...options, [method]: filtered(values, (name, value) => value !== before[name]) },
  };
}

/** The choice of Group-CAM in the gradient-free variant, whatever the settings are. */
export function withoutGradients({ options }: ChosenMethod): ChosenMethod {
  const method = 'group-cam';
  return { method, options: { ...options, [method]: { ...options[method], variant: 'gradient-free' } } };
}

/** The choice without what settings have changed since: the newest decision counts. */
export function withoutChanged({ method, options }: ChosenMethod, changed: readonly string[]): ChosenMethod {
  const left = Object.entries(OPTION_SETTINGS).map(([name, settings]) => [
    name,
    filtered(options[name as keyof typeof OPTION_SETTINGS] ?? {}, (option) => {
      return !(settings as readonly string[]).includes(option) || !changed.includes(option);
    }),
  ]);
  const keepsMethod = method !== undefined && !changed.includes('method');
  return { ...(keepsMethod && { method }), options: { ...options, ...Object.fromEntries(left) } };
}

/** A value that is not an object has no fields. */
const FIELDS = v.fallback(v.record(v.string(), v.unknown()), {});

/** Reads a saved choice, without anything that this version does not know. */
export function readChosen(kept: unknown): ChosenMethod {
  const fields = v.parse(FIELDS, kept);
  const method = METHODS.find((name) => name === fields['method']);
  const byMethod = v.parse(FIELDS, fields['options']);
  const known = METHODS.map((name) => {
    const values = v.parse(FIELDS, byMethod[name]);
    const accepted = Object.entries<Option>(METHOD_OPTIONS[name]).flatMap(([option, of]) => {
      const value = values[option];
      return accepts(of, value) ? [[option, value] as const] : [];
    });
    return [name, Object.fromEntries(accepted)] as const;
  });
  return {
    ...(method && { method }),
    options: Object.fromEntries(known.filter(([, values]) => Object.keys(values).length > 0)),
  };
}

function filtered(values: OptionValues, keeps: (name: string, value: number | string) => boolean): OptionValues {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => keeps(name, value)));
}
