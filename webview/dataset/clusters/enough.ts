/** How many classes have enough images to be looked at. */
import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals';
import { type ClusteredBy, largeClasses } from '../../../src/protocol/clusters';
import type { DatasetPage } from '../model';

/** Undefined until it is known. It is asked for once, and again while nothing is computed and the version is another. */
export function useEnough({ store, ask, actions }: DatasetPage, by: ClusteredBy): ReadonlySignal<number | undefined> {
  const enough = useSignal<number | undefined>(undefined);
  useSignalEffect(() => {
    const version = store.versionId.value;
    if (version === undefined || store.active.value.length > 0) return;
    void ask('classes', { version }).then((found) => {
      enough.value = largeClasses(found, by).length;
    }, actions.failed);
  });
  return enough;
}
