/** Maps the categories of annotations to the classes of a model. */
import * as v from 'valibot';
import { errors } from '../errors';
import { findClass } from '../model/classes/labels';
import { fields, parse, parseJson, record } from '../schema';

/** Indices of classes by category. Categories without a class are absent. */
export type Mapping = ReadonlyMap<string, readonly number[]>;

const CLASSES = v.array(v.union([v.number(), v.string()], 'the index or a label of a class'), 'a list of classes');

// Categories have any names, and valibot's record drops "constructor" and "__proto__".
const MAPPING = fields({ categories: record });

/** A flaw of one category's classes with its place, such as `categories.cat[0]: must be ...`. */
const inCategory = (category: string, line: string) =>
  `categories.${category}${line.startsWith('[') ? '' : ': '}${line}`;

/**
 * Reads a mapping file: a JSON object `{"categories": {"<category>": [<index or label of a class>, ...]}}`. Other keys,
 * such as notes, are ignored.
 *
 * @param labels the model's
 * @param file its path, for messages
 * @throws mapping-invalid, naming the category; unknown-class, ambiguous-class
 */
export function parseMapping(text: string, file: string, labels: readonly string[]): Mapping {
  const { categories } = parseJson(MAPPING, text, ({ line }) => errors.mappingInvalid(file, line));
  return new Map(
    Object.entries(categories).map(([category, classes]) => {
      const names = parse(CLASSES, classes, ({ line }) => errors.mappingInvalid(file, inCategory(category, line)));
      return [category, names.map((name) => findClass(labels, { label: String(name) }))];
    }),
  );
}

/**
 * The mapping that is used if no file is given: a category stands for the class of the same name, if there is exactly
 * one.
 */
export function mappingByName(categories: readonly string[], labels: readonly string[]): Mapping {
  const named = (label: string, name: string) => label.split(',').some((part) => part.trim() === name);
  return new Map(
    categories.flatMap((category) => {
      const classes = labels.flatMap((label, i) => (named(label, category) ? [i] : []));
      return classes.length === 1 ? [[category, classes] as const] : [];
    }),
  );
}
