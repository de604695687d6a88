/** What a panel shows for an image: one explanation, or up to six variations of it side by side. Pure. */

import * as v from 'valibot';
import { METHODS, type MethodName } from '../../core/methods/names';
import { fields, read } from '../../core/schema';
import type { Explanation } from '../../protocol/explanation';
import type { ClassChoice, ModelChoice } from '../../protocol/requests';
import type { ComparedBy, Slot } from '../../protocol/webview';
import type { NamedClass } from '../model/class-names';
import { type ChosenMethod, readChosen } from './method-choice';

/** The most explanations in a comparison. More would be too small. */
export const MOST_COMPARED = 6;

/** The values of one explanation that override the settings and the model in use. */
export interface Variation {
  readonly method?: MethodName;
  /** The map that an exported model makes itself. */
  readonly own?: true;
  readonly layer?: string;
  readonly model?: ModelChoice;
}

/** An explanation as the user has requested it. */
export interface Wanted extends Variation {
  readonly target: ClassChoice;
  /** The class, until the answer names it. In a comparison of anything else, the value that differs. */
  readonly title: string;
  /** The title in full. */
  readonly hint?: string;
}

export const TOP_CLASS: Wanted = { target: 'top', title: 'top class' };

/** What a comparison compares; undefined for a single explanation. */
export function comparedBy(wanted: readonly Wanted[]): ComparedBy | undefined {
  if (wanted.length < 2) return undefined;
  if (wanted.some(({ method, own }) => method || own)) return 'methods';
  if (wanted.some(({ layer }) => layer)) return 'layers';
  return wanted.some(({ model }) => model) ? 'models' : 'classes';
}

/**
 * The explanations after another class is chosen. A comparison of anything else continues with that class. Other models
 * are asked for it by name.
 */
export function withClass(wanted: readonly Wanted[], next: Wanted): Wanted[] {
  const by = comparedBy(wanted);
  if (by === undefined || by === 'classes') return [next];
  return wanted.map((one) => ({ ...one, target: one.model ? { label: next.title } : next.target }));
}

/**
 * The class to look for by name in a model of a comparison: the chosen class, or else the class that the first model
 * has explained. Undefined for the first model itself, and for other comparisons.
 */
export function classSought(
  wanted: readonly Wanted[],
  slots: readonly { readonly shown: Slot; readonly explanation?: Explanation }[],
  at: number,
): NamedClass | undefined {
  const { target } = wanted[at]!;
  if (comparedBy(wanted) !== 'models' || (target !== 'top' && 'index' in target)) return undefined;
  if (target !== 'top') return { label: target.label };
  const first = slots.find(({ explanation, shown }, i) => i !== at && explanation && !shown.differs)?.explanation;
  return first && { label: first.label, index: first.class };
}

/** Titles for models: the file's name without its extension. If two are equal, folders are added until they differ. */
export function titledModels(wanted: readonly Wanted[]): Wanted[] {
  const paths = wanted.map(({ title }) => title.replace(/\.onnx$/i, '').split(/[\\/]/));
  const end = (path: readonly string[], length: number) => path.slice(-length).join('/');
  return wanted.map((one, i) => {
    const others = paths.filter((_, at) => at !== i);
    const isTaken = (length: number) => others.some((other) => end(other, length) === end(paths[i]!, length));
    let length = 1;
    while (length < paths[i]!.length && isTaken(length)) length += 1;
    return { ...one, title: end(paths[i]!, length) };
  });
}

/**
 * The explanation that is shown when a comparison ends: the class of one of its cells, with the settings and the model
 * in use.
 */
export function alone(wanted: readonly Wanted[], cell: number): Wanted[] {
  const one = wanted[cell];
  if (!one || one.model || one.target === 'top') return [TOP_CLASS];
  return [comparedBy(wanted) === 'classes' ? one : { target: one.target, title: titleOf(one.target) }];
}

/** The explanations after the model in use has changed. Only a comparison of methods still makes sense. */
export function withAnotherModel(wanted: readonly Wanted[]): Wanted[] {
  if (comparedBy(wanted) !== 'methods') return [TOP_CLASS];
  return wanted.map((one) => ({ ...one, target: 'top' }));
}

/** Says what is wrong with the number of things to compare; undefined if it is valid. */
export function miscounted(count: number): string | undefined {
  if (count > MOST_COMPARED) return `${count} chosen: at most ${MOST_COMPARED} can be compared`;
  return count < 2 ? 'choose at least two to compare' : undefined;
}

export const titleOf = (target: ClassChoice): string => {
  if (target === 'top') return TOP_CLASS.title;
  return 'index' in target ? `class ${target.index}` : target.label;
};

const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * The requested explanations as text, which survives a reload of the window. Only images that differ from the default
 * request are included.
 */
export function questionsText(questions: readonly (readonly Wanted[])[], chosen: ChosenMethod): string {
  const others = [...questions.entries()].filter(([, wanted]) => !isFirst(wanted));
  return JSON.stringify({ images: questions.length, others, chosen });
}

export interface KeptQuestions {
  /** The images with other requests than the top class. */
  readonly others: ReadonlyMap<number, readonly Wanted[]>;
  readonly chosen: ChosenMethod;
}

/** True for the default request, with which each image opens. */
const isFirst = (wanted: readonly Wanted[]) =>
  wanted.length === 0 || (wanted.length === 1 && JSON.stringify(wanted[0]) === JSON.stringify(TOP_CLASS));

const TARGET = v.union(
  [v.literal('top'), v.object({ index: COUNT }), v.object({ label: v.string() })],
  'top, a class or its label',
) satisfies v.GenericSchema<unknown, ClassChoice>;

export const MODEL_CHOICE = fields({
  path: v.exactOptional(v.string()),
  layer: v.exactOptional(v.union([v.string(), v.pipe(v.array(v.string()), v.readonly())])),
  labels: v.exactOptional(v.string()),
  output: v.exactOptional(v.string()),
}) satisfies v.GenericSchema<unknown, ModelChoice>;

const WANTED = fields({
  target: TARGET,
  title: v.string(),
  hint: v.exactOptional(v.string()),
  method: v.exactOptional(v.picklist(METHODS)),
  own: v.exactOptional(v.literal(true)),
  layer: v.exactOptional(v.string()),
  model: v.exactOptional(MODEL_CHOICE),
}) satisfies v.GenericSchema<unknown, Wanted>;

const QUESTIONS = v.pipe(
  v.string(),
  v.parseJson(),
  fields({
    images: COUNT,
    others: v.array(v.tuple([COUNT, v.pipe(v.array(WANTED), v.minLength(1), v.maxLength(MOST_COMPARED))])),
    chosen: v.exactOptional(v.unknown()),
  }),
  v.check(({ images, others }) => others.every(([index]) => index < images), 'about images that there are'),
);

/** Undefined if the text is damaged or of another version. */
export function readQuestions(text: string, images: number): KeptQuestions | undefined {
  const found = read(QUESTIONS, text);
  if (!('value' in found) || found.value.images !== images) return undefined;
  return { others: new Map(found.value.others), chosen: readChosen(found.value.chosen) };
}
