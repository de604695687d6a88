/** Says which classes of a model the categories of a dataset mean. */
import type { Mapping } from '../../core/annotations/mapping';
import { few } from '../../core/few';
import { matchFolders } from '../../core/model/classes/class-folders';

const HOW = '--mapping of group-cam dataset, or Map Class Names in VS Code';

/** How the notes below begin or go on, by which they are known among others. */
const NOTES =
  /^Categories taken for classes: | means no class, since several | categories mean no class of this model: /;

/** The notes of a dataset without those on what its categories mean. */
export const withoutClasses = (notes: readonly string[]): readonly string[] =>
  notes.filter((note) => !NOTES.test(note));

export interface CategoryClasses {
  /** For each category, the classes of the model that it means; none if it means none. */
  readonly classes: readonly (readonly number[])[];
  /** What was guessed and what means no class, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Finds the classes as `evaluate` does: a category of the mapping means the classes that it names; any other is matched
 * by its name (`matchFolders`).
 *
 * @param mapping from `readMapping`
 * @param isWhole whether a category that the mapping leaves out means no class, as for annotated objects, where a
 *   category may have the name of a class that is something else
 */
export function classesOfCategories(
  categories: readonly string[],
  labels: readonly string[],
  mapping?: Mapping,
  isWhole = false,
): CategoryClasses {
  const byName = isWhole && mapping ? [] : categories.filter((category) => !mapping?.has(category));
  const { classes, loosely, ambiguous } = matchFolders(byName, labels);
  const found = categories.map((category) => {
    const index = classes.get(category);
    return mapping?.get(category) ?? (index === undefined ? [] : [index]);
  });
  // A mapping may say on purpose that a category means no class.
  const unknown = categories.filter((name) => !mapping?.has(name) && !classes.has(name) && !ambiguous.has(name));
  return {
    classes: found,
    notes: [
      ...(loosely.length > 0
        ? [`Categories taken for classes: ${few(loosely.map((name) => `${name} for ${labels[classes.get(name)!]}`))}.`]
        : []),
      ...[...ambiguous].map(
        ([name, indices]) =>
          `${name} means no class, since several have this name (${few(indices.map(String))}). Say which is meant: ${HOW}.`,
      ),
      ...(unknown.length > 0
        ? [
            `${unknown.length} of ${categories.length} categories mean no class of this model: ${few(unknown)}. Say which classes they mean: ${HOW}.`,
          ]
        : []),
    ],
  };
}
