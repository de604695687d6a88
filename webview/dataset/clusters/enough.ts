/** How many classes have enough images to be looked at. */
import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import type { ClusteredBy } from '../../../src/protocol/clusters';
import type { ClassesInfo } from '../../../src/protocol/dataset';
import type { DatasetPage } from '../model';

/** A class is looked at from so many images on. */
export const FEWEST = 20;

/** Images that are computed, by class: of a category, or predicted as a class. */
export function countsOf(
  { categories, confusion: { columns, counts } }: Pick<ClassesInfo, 'categories' | 'confusion'>,
  by: ClusteredBy,
): readonly number[] {
  const width = columns.length;
  const sums = new Array<number>(by === 'true' ? categories.length : width).fill(0);
  counts.forEach((count, at) => {
    const index = by === 'true' ? Math.floor(at / width) : at % width;
    // The last row is that of images without a class.
    if (index < sums.length) sums[index]! += count;
  });
  return sums;
}

/** Undefined until it is known. It is asked for once, and again while nothing is computed and the version is another. */
export function useEnough({ store, ask, actions }: DatasetPage, by: ClusteredBy): ReadonlySignal<number | undefined> {
  const enough = useSignal<number | undefined>(undefined);
  useSignalEffect(() => {
    const version = store.versionId.value;
    if (version === undefined || store.active.value.length > 0) return;
    void ask('classes', { version }).then((found) => {
      enough.value = countsOf(found, by).filter((count) => count >= FEWEST).length;
    }, actions.failed);
  });
  return enough;
}
