/**
 * The page of clusters: the suspicious ones of all classes first, then each class's, and a plane of the images of one class
 * for lassos.
 */
import { useComputed, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { CLUSTERED_BY, type ClusteredBy, type ClusterSet } from '../../../src/protocol/clusters';
import { newestOnly } from '../../newest';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { workText } from '../texts';
import { Card } from './card';
import { NoClusters } from './empty';
import { useEnough } from './enough';
import { ScatterPlot } from './scatter/scatter';
import { SetOfClusters } from './set';
import { hasOlderRule, lackingText, summaryOf, suspectsOf } from './sets';
import { createThumbnails, type Thumbnails } from './thumbnails';

const TITLES: Readonly<Record<ClusteredBy, string>> = { predicted: 'predicted classes', true: 'true classes' };

export function Clusters({ page }: { readonly page: DatasetPage }) {
  const { store, ask, actions } = page;
  const { by, known, scrolled } = store.clusters;
  const element = useRef<HTMLDivElement>(null);
  const finding = useComputed(() =>
    store.active.value.find(({ kind, version }) => kind === 'clusters' && version === store.versionId.value),
  );
  /** The clusters are others, or may be outdated, when this is another. */
  const key = useComputed(() => {
    const version = store.versionId.value;
    const summary = store.info.value?.clusters.find((each) => each.version === version);
    return JSON.stringify([version, by.value, summary, store.active.value.map(({ id }) => id)]);
  });
  const run = useRef(
    newestOnly(async () => {
      const version = store.versionId.peek();
      if (version === undefined) return;
      const mine = by.peek();
      try {
        known.value = { version, by: mine, sets: await ask('clusters', { version, by: mine }) };
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  useSignalEffect(() => {
    void key.value;
    void run.current(undefined);
  });
  const { value: version } = store.version;
  const thumbnails = useMemo(() => createThumbnails(ask, version?.id ?? 0), [version?.id]);
  const sets = known.value?.version === version?.id && known.value?.by === by.value ? known.value?.sets : undefined;
  const isThere = sets !== undefined;
  useLayoutEffect(() => {
    if (isThere && element.current) element.current.scrollTop = scrolled.top;
  }, [isThere]);
  if (!version) return <div class="clusters-page" aria-busy="true" />;
  if (version.done === 0) {
    return (
      <div class="empty" role="status" data-testid="clusters-empty">
        <p>Nothing is computed yet. Clusters are found among the maps of the images.</p>
        {version.unavailable === undefined && store.isWritable.value && store.active.value.length === 0 && (
          <TextButton testId="clusters-sweep" primary onClick={actions.sweep}>
            Compute
          </TextButton>
        )}
      </div>
    );
  }
  return (
    <div
      ref={element}
      class="clusters-page"
      data-testid="clusters-page"
      aria-busy={!isThere}
      onScroll={({ currentTarget }) => {
        scrolled.top = currentTarget.scrollTop;
      }}
    >
      <div class="clusters-head">
        <span class="faint">Clusters of the heat of</span>
        <div class="chips" role="group" aria-label="Classes">
          {CLUSTERED_BY.map((choice) => (
            <button
              key={choice}
              type="button"
              class="chip"
              aria-pressed={choice === by.value}
              hidden={choice === 'true' && store.categories.value.length === 0}
              data-testid={`clusters-${choice}`}
              onClick={() => {
                by.value = choice;
              }}
            >
              {TITLES[choice]}
            </button>
          ))}
        </div>
        {finding.value && (
          <span class="faint" role="status" data-testid="finding">
            {workText(finding.value, version)}
          </span>
        )}
      </div>
      {sets?.length === 0 && (
        <NoClusters key={by.value} page={page} by={by.value} isFinding={finding.value !== undefined} />
      )}
      {sets && sets.length > 0 && (
        <Found
          key={`${version.id} ${by.value}`}
          page={page}
          by={by.value}
          sets={sets}
          thumbnails={thumbnails}
          isFinding={finding.value !== undefined}
        />
      )}
    </div>
  );
}

/** Sets that *Show More* shows. */
const MORE = 200;

interface FoundProps {
  readonly page: DatasetPage;
  readonly by: ClusteredBy;
  readonly sets: readonly ClusterSet[];
  readonly thumbnails: Thumbnails;
  readonly isFinding: boolean;
}

function Found({ page, by, sets, thumbnails, isFinding }: FoundProps) {
  const { store } = page;
  const { most, open, plane: chosen } = store.clusters;
  const { value: enough } = useEnough(page, by);
  const plane = sets.find(({ name }) => name === chosen.value) ?? sets[0]!;
  const suspects = suspectsOf(sets);
  const isRunnable = store.version.value?.unavailable === undefined;
  const canFind = !isFinding && store.isWritable.value && isRunnable;
  const lacking = isFinding ? '' : lackingText(sets, enough, isRunnable);
  const side = useRef<HTMLElement>(null);
  function choose(name: string): void {
    chosen.value = name;
  }
  /** In a narrow window the plane is above or below. */
  function showPlane(name: string): void {
    choose(name);
    side.current?.scrollIntoView({ block: 'nearest' });
  }
  function toggle(name: string): void {
    const next = new Set(open.value);
    if (!next.delete(name)) {
      next.add(name);
      choose(name);
    }
    open.value = next;
  }
  return (
    <>
      <p class="clusters-summary" data-testid="clusters-summary">
        {summaryOf(sets)}
      </p>
      <div class="clusters-note" hidden={lacking === ''}>
        <span role="note" data-testid="lacking">
          {lacking}
        </span>
        <TextButton testId="find-again" primary hidden={!canFind} onClick={() => page.actions.findClusters(by)}>
          {sets.some((set) => set.outdated) || hasOlderRule(sets) ? 'Find Again' : 'Find the Rest'}
        </TextButton>
      </div>
      <div class="clusters-columns">
        {suspects.length > 0 && (
          <section class="clusters-suspects" aria-label="Suspicious clusters">
            <h2>Suspicious</h2>
            <div class="cluster-cards">
              {suspects.map(({ set, cluster }) => (
                <Card
                  key={cluster.name}
                  page={page}
                  thumbnails={thumbnails}
                  set={set}
                  cluster={cluster}
                  onPlane={() => showPlane(set.name)}
                />
              ))}
            </div>
          </section>
        )}
        <section ref={side} class="clusters-side" aria-label="Plane">
          <ScatterPlot key={plane.name} page={page} set={plane} thumbnails={thumbnails} />
        </section>
        <section class="clusters-sets" aria-label="All classes">
          <h2>All classes</h2>
          {sets.slice(0, most.value).map((set) => (
            <SetOfClusters
              key={set.name}
              page={page}
              thumbnails={thumbnails}
              set={set}
              isOpen={open.value.has(set.name)}
              onToggle={() => toggle(set.name)}
              onPlane={() => showPlane(set.name)}
            />
          ))}
          <TextButton
            testId="more-sets"
            hidden={sets.length <= most.value}
            onClick={() => {
              most.value += MORE;
            }}
          >
            {`Show More (${sets.length - most.value})`}
          </TextButton>
        </section>
      </div>
    </>
  );
}
