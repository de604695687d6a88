/** What has come of a repair: accuracy by tag and cluster, flips and the shift of the heat, before and after. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { GroupAccuracy, RepairInfo } from '../../../src/protocol/training';
import { newestOnly } from '../../newest';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { parsedOf } from '../query/parsed';
import { progressOf, useComparison } from '../versions/comparison';
import { Flips } from '../versions/flips';
import type { Pair } from '../versions/pair';
import { Shift } from '../versions/shift';
import { Groups } from './groups';

interface AfterProps {
  readonly page: DatasetPage;
  readonly repair: RepairInfo;
}

export function After({ page, repair }: AfterProps) {
  const { store, repairs, versions } = page;
  const { version, added } = repair;
  const comparison = useComparison(page).value;
  const groups = useGroups(page, repair).value;
  useLayoutEffect(() => repairs.compare(repair), [version, added]);
  const all = store.info.value?.versions ?? [];
  const [a, b] = [version, added].map((id) => all.find((each) => each.id === id));
  if (!a || !b) {
    return (
      <p class="faint" data-testid="repair-alone">
        {added === undefined ? 'The new model is not a version yet.' : 'One of the two versions was removed.'}
      </p>
    );
  }
  const pair: Pair = { a, b };
  const isShown = comparison?.a === a.id && comparison.b === b.id;
  const rest = store.info.value!.items - b.done - b.failed;
  return (
    <section aria-label="Before and after">
      <h3>Before and after</h3>
      {rest > 0 && (
        <p class="faint" role="status" data-testid="repair-sweeping">
          {`${b.name} has still to go through ${rest.toLocaleString('en')} images; what follows is of the others.`}
        </p>
      )}
      {groups && <Groups page={page} pair={pair} groups={groups} />}
      <div class="versions-columns" aria-busy={!isShown}>
        {isShown && (
          <>
            <Flips page={page} pair={pair} comparison={comparison} />
            <Shift key={`${a.id} ${b.id}`} page={page} pair={pair} comparison={comparison} />
          </>
        )}
      </div>
      <div class="versions-buttons">
        {groups && (
          <TextButton testId="repair-side-by-side" onClick={() => void versions.walkThrough(queryOf(groups))}>
            Open Side by Side
          </TextButton>
        )}
        <TextButton testId="repair-versions" onClick={() => versions.show(a.id, b.id)}>
          Show Versions
        </TextButton>
      </div>
    </section>
  );
}

/** The group that has changed most, of which images are looked at side by side. */
function queryOf(groups: readonly GroupAccuracy[]) {
  const change = ({ a, b }: GroupAccuracy) => (a === undefined || b === undefined ? 0 : Math.abs(b - a));
  const most = groups.toSorted((one, other) => change(other) - change(one))[0];
  const parsed = parsedOf(most?.query ?? '');
  return 'query' in parsed ? parsed.query : {};
}

/** They are asked for again while the new version is swept, and when tags or clusters change. */
function useGroups(page: DatasetPage, { version, added }: RepairInfo) {
  const { store, ask, actions } = page;
  const known = useSignal<readonly GroupAccuracy[] | undefined>(undefined);
  const run = useRef(
    newestOnly(async () => {
      if (added === undefined) return;
      try {
        known.value = await ask('accuracyByGroup', { a: version, b: added });
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  useSignalEffect(() => {
    void [progressOf(page), JSON.stringify(store.info.value?.tags), JSON.stringify(store.info.value?.clusters)];
    void run.current(undefined);
  });
  return known;
}
