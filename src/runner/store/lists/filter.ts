/** Which rows a condition holds for: a byte for each item's id, 1 or 0. Numbers are compared in memory. */
import type { Comparison, Condition, Flag } from '../../../core/query/query';
import { fillMask } from '../clusters/masks';
import { shiftsBetween, versionNamed } from '../compare/pairs';
import { DONE, FAILED, NO, type State, type Version, WAITING, YES } from '../state';
import { eachPathWith } from './paths';

type Mask = Uint8Array;
type Pause = () => Promise<void>;

/** @param pause called between passes over all rows */
export async function maskOf(state: State, version: Version, condition: Condition, pause: Pause): Promise<Mask> {
  await pause();
  switch (condition.kind) {
    case 'not': {
      const mask = await maskOf(state, version, condition.condition, pause);
      for (let id = 0; id < mask.length; id++) mask[id] = 1 - mask[id]!;
      return mask;
    }
    case 'and':
    case 'or': {
      const mask = emptyMask(state);
      if (condition.kind === 'and') mask.fill(1);
      for (const part of condition.conditions) {
        const other = await maskOf(state, version, part, pause);
        if (condition.kind === 'and') for (let id = 0; id < mask.length; id++) mask[id]! &= other[id]!;
        else for (let id = 0; id < mask.length; id++) mask[id]! |= other[id]!;
      }
      return mask;
    }
    case 'path':
      return pathMask(state, condition.text, condition.contains, pause);
    default:
      return leafMask(state, version, condition);
  }
}

const emptyMask = ({ last }: State): Mask => new Uint8Array(last + 1);

type Leaf = Exclude<Condition, { readonly kind: 'not' | 'and' | 'or' | 'path' }>;

function leafMask(state: State, version: Version, condition: Leaf): Mask {
  const mask = emptyMask(state);
  switch (condition.kind) {
    case 'flag':
      FLAGS[condition.flag](mask, state, condition.in === undefined ? version : versionNamed(state, condition.in));
      return mask;
    case 'number':
      PASSES[condition.comparison](mask, version.columns.of[condition.name], condition.value);
      return mask;
    case 'class':
      return condition.of === 'true'
        ? trueMask(mask, state, version, condition.name, condition.is)
        : predictedMask(mask, state, version, condition.name, condition.is);
    case 'tag': {
      const bits = [...state.tags.values()].find(({ name }) => name === condition.name)?.bits;
      for (let id = 1; id < mask.length; id++)
        mask[id] = Number((bits !== undefined && (bits[id >> 3]! & (1 << (id & 7))) !== 0) === condition.is);
      return mask;
    }
    case 'cluster':
    case 'lasso':
      fillMask(mask, state, version, condition);
      return mask;
    case 'shift': {
      const from = versionNamed(state, condition.from);
      PASSES[condition.comparison](mask, shiftsBetween(state, from.id, version.id), condition.value);
      return mask;
    }
    case 'split': {
      const { split } = state.items.of;
      const wanted = state.meta.splits.indexOf(condition.name) + 1;
      for (let id = 1; id < mask.length; id++) mask[id] = Number((wanted > 0 && split[id] === wanted) === condition.is);
      return mask;
    }
  }
}

type Pass = (mask: Mask, column: Float64Array, value: number) => void;

/** Of numbers that are not known, all comparisons are false. */
const PASSES: Readonly<Record<Comparison, Pass>> = {
  '<': (mask, column, value) => {
    for (let id = 1; id < mask.length; id++) mask[id] = column[id]! < value ? 1 : 0;
  },
  '<=': (mask, column, value) => {
    for (let id = 1; id < mask.length; id++) mask[id] = column[id]! <= value ? 1 : 0;
  },
  '=': (mask, column, value) => {
    for (let id = 1; id < mask.length; id++) mask[id] = column[id]! === value ? 1 : 0;
  },
  '!=': (mask, column, value) => {
    for (let id = 1; id < mask.length; id++) mask[id] = column[id]! < value || column[id]! > value ? 1 : 0;
  },
  '>=': (mask, column, value) => {
    for (let id = 1; id < mask.length; id++) mask[id] = column[id]! >= value ? 1 : 0;
  },
  '>': (mask, column, value) => {
    for (let id = 1; id < mask.length; id++) mask[id] = column[id]! > value ? 1 : 0;
  },
};

type FlagPass = (mask: Mask, state: State, version: Version) => void;

const equals = (mask: Mask, column: Uint8Array, value: number): void => {
  for (let id = 1; id < mask.length; id++) mask[id] = column[id] === value ? 1 : 0;
};

const FLAGS: Readonly<Record<Flag, FlagPass>> = {
  wrong: (mask, _, { columns }) => equals(mask, columns.of.correct, NO),
  correct: (mask, _, { columns }) => equals(mask, columns.of.correct, YES),
  failed: (mask, _, { columns }) => equals(mask, columns.of.state, FAILED),
  waiting: (mask, _, { columns }) => equals(mask, columns.of.state, WAITING),
  hit: (mask, _, { columns }) => equals(mask, columns.of.hit, YES),
  duplicate: (mask, { items }) => {
    for (let id = 1; id < mask.length; id++) mask[id] = items.of.duplicate[id] ? 1 : 0;
  },
};

/** Classes of the model with this label, or with a part of it between commas. */
function labelled({ info }: Version, name: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [index, label] of info.labels.entries())
    if (label === name || label.split(',').some((part) => part.trim() === name)) found.add(index);
  return found;
}

/** A row has a name if one of its categories has it, or means a class of the model that has it. */
function trueMask(mask: Mask, { items, sets, meta }: State, version: Version, name: string, is: boolean): Mask {
  const classes = labelled(version, name);
  const isNamed = (category: number) =>
    meta.categories[category] === name || (version.info.classes[category] ?? []).some((index) => classes.has(index));
  const holds = sets.map((set) => Number((name === '' ? set.length === 0 : set.some(isNamed)) === is));
  for (let id = 1; id < mask.length; id++) mask[id] = holds[items.of.set[id]!]!;
  return mask;
}

function predictedMask(mask: Mask, { meta }: State, version: Version, name: string, is: boolean): Mask {
  const classes = new Set([...labelled(version, name), ...(version.info.classes[meta.categories.indexOf(name)] ?? [])]);
  const { predicted, state } = version.columns.of;
  for (let id = 1; id < mask.length; id++) mask[id] = state[id] === DONE && classes.has(predicted[id]!) === is ? 1 : 0;
  return mask;
}

async function pathMask({ db, last }: State, text: string, contains: boolean, pause: Pause): Promise<Mask> {
  const mask = new Uint8Array(last + 1);
  if (!contains) mask.fill(1);
  await eachPathWith(db, last, text, pause, (id) => {
    mask[id] = contains ? 1 : 0;
  });
  return mask;
}
