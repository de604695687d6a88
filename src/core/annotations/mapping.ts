/** Which classes of a model show which category of the annotations. */
import { errors, reasonOf } from '../errors';
import { findClass } from '../model/classes/labels';
import { isRecord } from '../model/json';

/** Classes by category; categories without a class are not in it. */
export type Mapping = ReadonlyMap<string, readonly number[]>;

/**
 * A mapping file: a JSON object `{"categories": {"<category>": [<index or label of a class>, ...]}}`. Other keys, such as
 * notes, are passed over.
 *
 * @param labels the model's
 * @param file its path, for messages
 * @throws mapping-invalid, naming the category; unknown-class, ambiguous-class
 */
export function parseMapping(text: string, file: string, labels: readonly string[]): Mapping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw errors.mappingInvalid(file, `not JSON: ${reasonOf(thrown)}`);
  }
  const categories = isRecord(json) ? json['categories'] : undefined;
  if (!isRecord(categories)) throw errors.mappingInvalid(file, '"categories" must be an object of lists');
  return new Map(Object.entries(categories).map(([category, names]) => [category, classesOf(category, names)]));

  function classesOf(category: string, names: unknown): readonly number[] {
    if (!Array.isArray(names)) throw errors.mappingInvalid(file, `category "${category}" must have a list of classes`);
    return names.map((name: unknown) => {
      if (typeof name === 'number' || typeof name === 'string') return findClass(labels, { label: String(name) });
      throw errors.mappingInvalid(file, `category "${category}": ${JSON.stringify(name)} is no index and no label`);
    });
  }
}

/** Where no mapping is given: a category is the one class that has its name. */
export function mappingByName(categories: readonly string[], labels: readonly string[]): Mapping {
  const named = (label: string, name: string) => label.split(',').some((part) => part.trim() === name);
  return new Map(
    categories.flatMap((category) => {
      const classes = labels.flatMap((label, i) => (named(label, category) ? [i] : []));
      return classes.length === 1 ? [[category, classes] as const] : [];
    }),
  );
}
