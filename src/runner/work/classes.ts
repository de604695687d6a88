/** What the categories of a dataset mean to a model. Pure. */
import type { VersionInfo } from '../../protocol/dataset';
import type { SweepParams } from '../../protocol/requests';
import type { RunFile, StoredItem } from '../store/form';

/** Work with what the categories mean now: while it waited for its turn, the dataset may have been listed anew. */
export function asListed<T extends { readonly file: Pick<RunFile, 'info'>; readonly version: VersionInfo }>(
  task: T,
): T & { readonly categories: readonly string[] } {
  const { categories, versions } = task.file.info();
  const classes = versions.find(({ id }) => id === task.version.id)?.classes ?? task.version.classes;
  return { ...task, categories, version: { ...task.version, classes } };
}

/** Classes of the model that are right for an item. */
export function truthOf(
  { categories }: Pick<StoredItem, 'categories'>,
  classes: VersionInfo['classes'],
): readonly number[] {
  return [...new Set(categories.flatMap((category) => classes[category] ?? []))];
}

/** By the index of a class: the categories that mean it. */
export function categoriesByClass(
  names: readonly string[],
  classes: VersionInfo['classes'],
): NonNullable<SweepParams['categories']> {
  const found: Record<number, string[]> = {};
  classes.forEach((meant, category) => {
    for (const index of meant) found[index] = [...(found[index] ?? []), names[category]!];
  });
  return found;
}

/** Whether what is computed for one of two items with the same bytes holds for the other: they show the same. */
export function sameTruth(a: StoredItem, b: StoredItem): boolean {
  return JSON.stringify([a.categories, regionsOf(a)]) === JSON.stringify([b.categories, regionsOf(b)]);
}

const regionsOf = ({ annotated }: StoredItem) => annotated && [annotated.size, annotated.regions];
