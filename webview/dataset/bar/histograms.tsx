/** Histograms of what is known of the rows. A part that is brushed becomes two conditions of the query. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { printQuery } from '../../../src/core/query/print';
import { NUMBERS } from '../../../src/core/query/query';
import type { Histogram as Data } from '../../../src/protocol/dataset';
import { newestOnly } from '../../newest';
import type { DatasetPage } from '../model';
import { rangeOf, withRange } from '../query/edit';
import { Histogram } from './histogram';

const BINS = 40;

export function Histograms({ page }: { readonly page: DatasetPage }) {
  const { store, actions, ask } = page;
  const known = useSignal<readonly Data[] | undefined>(undefined);
  // One request at a time; of those that are due meanwhile the last.
  const run = useRef(
    newestOnly(async () => {
      const list = store.list.peek();
      if (!list) return;
      try {
        known.value = await ask('histograms', { version: list.version, query: list.query, bins: BINS });
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  useSignalEffect(() => {
    // Another list, or other rows in it.
    void [store.list.value, store.changes.value];
    void run.current(undefined);
  });
  const query = store.parsed.value;
  const shown = (known.value ?? []).filter(({ all }) => all.some((count) => count > 0));
  return (
    <div class="histograms" role="group" aria-label="Histograms" data-testid="histogram-panel">
      {shown.map((data) => {
        const name = NUMBERS.find((each) => each === data.name);
        if (!name) return null;
        return (
          <Histogram
            key={name}
            data={data}
            range={query ? rangeOf(query, name) : {}}
            onBrush={(range) => query && actions.search(printQuery(withRange(query, name, range)))}
          />
        );
      })}
      {known.value && shown.length === 0 && <p class="faint">Nothing is measured yet. The sweep fills this.</p>}
    </div>
  );
}
