/** What changed between the two versions that are compared, as far as it is computed. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Comparison } from '../../../src/protocol/versions';
import { newestOnly } from '../../newest';
import type { DatasetPage } from '../model';

/** What is computed of the versions, as a text that changes with it. */
export function progressOf({ store }: DatasetPage): string {
  const shifts = store.work.value
    .filter(({ kind }) => kind === 'shift')
    .map(({ id, done, state }) => [id, done, state]);
  const versions = store.info.value?.versions.map(({ id, done, failed }) => [id, done, failed]);
  return JSON.stringify([shifts, versions]);
}

/** One request at a time; of those that are due meanwhile the last. */
export function useComparison(page: DatasetPage) {
  const { store, ask, actions } = page;
  const known = useSignal<Comparison | undefined>(undefined);
  const run = useRef(
    newestOnly(async () => {
      const pair = store.pair.peek();
      if (!pair) return;
      try {
        known.value = await ask('compare', { a: pair.a.id, b: pair.b.id });
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  useSignalEffect(() => {
    void [store.pair.value, progressOf(page)];
    void run.current(undefined);
  });
  return known;
}
