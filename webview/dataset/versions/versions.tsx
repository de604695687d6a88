/** The page of versions: which there are, what changed from one to another, and how they went. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { TrendPoint } from '../../../src/protocol/versions';
import { newestOnly } from '../../newest';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { ByClass } from './by-class';
import { progressOf, useComparison } from './comparison';
import { Flips } from './flips';
import { Lines } from './lines';
import { VersionList } from './list';
import { Shift } from './shift';

export function Versions({ page }: { readonly page: DatasetPage }) {
  const { store } = page;
  const trend = useTrend(page);
  const compared = useComparison(page);
  const { value: info } = store.info;
  if (!info) return <div class="versions-page" aria-busy="true" />;
  const { value: pair } = store.pair;
  const { value: comparison } = compared;
  const isShown = pair && comparison && comparison.a === pair.a.id && comparison.b === pair.b.id;
  return (
    <div class="versions-page" data-testid="versions-page">
      <VersionList page={page} trend={trend.value} />
      {pair ? (
        <div class="versions-columns" aria-busy={!isShown}>
          {isShown && (
            <>
              <div>
                <Flips page={page} pair={pair} comparison={comparison} />
                <Shift key={`${pair.a.id} ${pair.b.id}`} page={page} pair={pair} comparison={comparison} />
              </div>
              <ByClass page={page} pair={pair} comparison={comparison} />
            </>
          )}
        </div>
      ) : (
        <>
          <p class="faint" data-testid="versions-alone">
            With a second version this page shows what has changed. One is added when the file of the model changes
            while this tab is open. For another model, choose it for explanations (a right click on its file), and add
            it here.
          </p>
          {store.isWritable.value && (
            <TextButton testId="add-model" onClick={page.actions.update}>
              Add the Model in Use
            </TextButton>
          )}
        </>
      )}
      <Lines versions={info.versions} trend={trend.value} />
    </div>
  );
}

function useTrend(page: DatasetPage) {
  const { ask, actions } = page;
  const known = useSignal<readonly TrendPoint[]>([]);
  const run = useRef(
    newestOnly(async () => {
      try {
        known.value = await ask('trend', {});
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  useSignalEffect(() => {
    void progressOf(page);
    void run.current(undefined);
  });
  return known;
}
