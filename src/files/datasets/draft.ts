/** A dataset as its source describes it, before the images themselves are looked at. */
import type { AnnotatedImage } from '../../core/annotations/annotations';
import type { ListOf } from './list-of';

export interface DraftItem {
  /** Absolute path of the image. */
  readonly file: string;
  /** Names of the classes that the source gives it. */
  readonly categories: readonly string[];
  readonly split?: string;
  readonly annotated?: AnnotatedImage;
}

export interface Draft {
  /** Absolute path of the folder that items are named from. */
  readonly root: string;
  readonly items: ListOf<DraftItem>;
  /** Whether no file is among the items twice, as by the way that they were found. */
  readonly isUnique?: true;
  /** All classes of the dataset, including those without an item. */
  readonly categories: readonly string[];
  /** What had to be assumed and what was left out, in sentences. */
  readonly notes: readonly string[];
}

/** What the readers of sources are told. */
export interface DraftOptions {
  /** Of the model, for lists whose classes are indices. */
  readonly labels?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The names of categories that are used, sorted. */
export function categoriesOf(items: Iterable<Pick<DraftItem, 'categories'>>): string[] {
  const used = new Set<string>();
  for (const { categories } of items) for (const category of categories) used.add(category);
  return [...used].sort();
}

/** A note about things that were left out, or none if there are none. */
export function leftOut(names: readonly string[], one: string, many: string, shown = 3): string[] {
  if (names.length === 0) return [];
  const examples = names.slice(0, shown).join(', ');
  const more = names.length > shown ? ` and ${names.length - shown} more` : '';
  return [`${names.length === 1 ? `1 ${one}` : `${names.length} ${many}`} left out: ${examples}${more}.`];
}
