/** The steps of choosing a method and its options, with rows from the methods' tables. Pure. */
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

/**
 * The methods, then the options of the one chosen, if it has any.
 *
 * @param chosen for the panel whose maps are meant; without a panel there is nothing to keep options for
 * @param take called with the method and all of its options
 */
export function methodStep(settings: MethodSettings, chosen: ChosenMethod | undefined, take: Take): Step<Row> {
  const inUse = methodChoice(settings, chosen ?? NOTHING_CHOSEN).method;
  const rowOf = (method: MethodName): Row => ({
    label: METHOD_NAMES[method].title,
    description: `${METHOD_NAMES[method].paper}${method === inUse ? ', in use' : ''}`,
    act: () => {
      const { options } = methodChoice(settings, chosen ?? NOTHING_CHOSEN, method);
      if (chosen && Object.keys(options).length > 0) return optionsStep(settings, method, options, take);
      take(method, options);
      return undefined;
    },
  });
  return { title: 'Method', items: () => METHODS.map(rowOf), accept };
}

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
