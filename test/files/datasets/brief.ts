import type { ListedDataset } from '../../../src/files/datasets/listed';

/** For each item its path, its classes joined by |, and its split if it has one. */
export function brief({ items }: Pick<ListedDataset, 'items'>): string[][] {
  return [...items].map(({ path, categories, split }) => [
    path,
    categories.join('|'),
    ...(split === undefined ? [] : [split]),
  ]);
}
