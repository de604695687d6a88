/** The steps of choosing a method and its options, with rows from the methods' tables. Pure. */
import { aboutSeconds } from '../../core/methods/cost';
import { METHOD_OPTIONS } from '../../core/methods/method-options';
import { METHOD_NAMES, METHODS, type MethodName } from '../../core/methods/names';
import {
  boundsOf,
  type ChoiceOption,
  type NumberOption,
  type OptionTable,
  type OptionValues,
  optionsInForce,
  valueFrom,
} from '../../core/options';
import { type ChosenMethod, type MethodSettings, methodChoice, NOTHING_CHOSEN } from '../explanation/method-choice';
import { optionsText } from '../status/summary';
import type { Next, Step } from './steps';

export interface Row {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly alwaysShow?: boolean;
  /** The effect of choosing the row. */
  act(): Next<Row>;
}

type Take = (method: MethodName, values: OptionValues) => void;

/** What a panel has beside the settings. */
export interface MethodsHere {
  /** Of the panel whose maps are meant; without a panel there is nothing to keep options for. */
  readonly chosen: ChosenMethod | undefined;
  /** Seconds that a method with its options takes about, where this can be told. */
  readonly seconds?: (method: MethodName, options: OptionValues) => number | undefined;
  /** Makes the method of the panel that of all others. */
  readonly makeDefault?: (method: MethodName) => void;
}

/**
 * The methods, then the options of the one chosen, if it has any.
 *
 * @param take called with the method and all of its options
 */
export function methodStep(settings: MethodSettings, here: MethodsHere, take: Take): Step<Row> {
  const { chosen, seconds, makeDefault } = here;
  const inUse = methodChoice(settings, chosen ?? NOTHING_CHOSEN).method;
  const detailOf = (method: MethodName): string => {
    const { options } = methodChoice(settings, chosen ?? NOTHING_CHOSEN, method);
    const { shows } = METHOD_NAMES[method];
    const time = seconds?.(method, options);
    return `${shows[0]!.toUpperCase()}${shows.slice(1)}${time === undefined ? '' : `; ${aboutSeconds(time)} here`}`;
  };
  const rowOf = (method: MethodName): Row => ({
    label: METHOD_NAMES[method].title,
    description: [METHOD_NAMES[method].paper, ...facts(method)].join(', '),
    detail: detailOf(method),
    act: () => {
      const { options } = methodChoice(settings, chosen ?? NOTHING_CHOSEN, method);
      if (chosen && Object.keys(options).length > 0) return optionsStep(settings, method, options, take);
      take(method, options);
      return undefined;
    },
  });
  const facts = (method: MethodName): string[] => [
    ...(method === inUse ? ['in use'] : []),
    ...(method === settings.method && method !== inUse ? ['default'] : []),
  ];
  const defaults = makeDefault && inUse !== settings.method ? [defaultRow(settings.method, inUse, makeDefault)] : [];
  return { title: 'Method', items: () => [...METHODS.map(rowOf), ...defaults], accept };
}

const defaultRow = (before: MethodName, method: MethodName, makeDefault: (method: MethodName) => void): Row => ({
  label: `Make ${METHOD_NAMES[method].title} the Default`,
  detail: `For every image of this workspace, in place of ${METHOD_NAMES[before].title}`,
  act: () => {
    makeDefault(method);
    return undefined;
  },
});

const accept = ([row]: readonly Row[]): Next<Row> => row?.act() ?? undefined;

function optionsStep(settings: MethodSettings, method: MethodName, before: OptionValues, take: Take): Step<Row> {
  const table: OptionTable = METHOD_OPTIONS[method];
  const { title } = METHOD_NAMES[method];
  const presets = methodChoice(settings, NOTHING_CHOSEN, method).options;
  let values = before;
  const set = (name: string, value: number | string) => {
    values = { ...values, [name]: value };
  };
  const explain = (): Row => ({
    label: `Explain with ${title}`,
    description: optionsText(method, values).join(', '),
    act: () => {
      take(method, values);
      return undefined;
    },
  });
  const reset: Row = {
    label: 'Reset These Options',
    description: optionsText(method, presets).join(', '),
    act: () => {
      values = presets;
      return 'again';
    },
  };
  return {
    title: `Options of ${title}`,
    items: () => {
      const options = optionsInForce(table, values).map(([name, option]): Row => {
        const value = values[name]!;
        const text = 'choices' in option ? option.texts?.[value] : option.text;
        return {
          label: option.title,
          description: value === option.default ? `${value}` : `${value} (default ${option.default})`,
          ...(text !== undefined && { detail: text }),
          act: () =>
            'choices' in option ? choiceStep(option, value, name, set) : numberStep(option, value, name, set),
        };
      });
      const differs = Object.keys(values).some((name) => values[name] !== presets[name]);
      return [explain(), ...options, ...(differs ? [reset] : [])];
    },
    accept,
  };
}

type Set = (name: string, value: number | string) => void;

function choiceStep(option: ChoiceOption, inUse: number | string, name: string, set: Set): Step<Row> {
  const rows = option.choices.map((value): Row => {
    const text = option.texts?.[value];
    return {
      ...valueRow(option, value, inUse),
      ...(text !== undefined && { detail: text }),
      act: () => {
        set(name, value);
        return 'back';
      },
    };
  });
  return { title: option.title, items: () => rows, accept };
}

/**
 * The step in which a number is typed. A number that the option does not accept can't be chosen, and the row says what
 * is accepted.
 */
function numberStep(option: NumberOption, inUse: number | string, name: string, set: Set): Step<Row> {
  const row = (value: number | string): Row => ({
    ...valueRow(option, value, inUse),
    alwaysShow: true,
    act: () => {
      set(name, value);
      return 'back';
    },
  });
  return {
    title: option.title,
    placeholder: `Type ${boundsOf(option)}`,
    typed: true,
    items: (typed) => {
      if (typed.trim() === '') return [...new Set([inUse, option.default])].map(row);
      const value = valueFrom(option, typed);
      if (value !== undefined) return [row(value)];
      return [{ label: `${typed.trim()}: must be ${boundsOf(option)}`, alwaysShow: true, act: () => 'stay' }];
    },
    accept,
  };
}

function valueRow(option: ChoiceOption | NumberOption, value: number | string, inUse: number | string) {
  const facts = [...(value === inUse ? ['in use'] : []), ...(value === option.default ? ['default'] : [])];
  return { label: String(value), description: facts.join(', ') };
}
