/**
 * The state of the page as signals: what the host has told, what the page keeps over a reload, what is local to the
 * moment, and what follows from these. Messages (`messages.ts`), lists (`listing.ts`) and the user's actions
 * (`actions.ts`) write it; components read it.
 */
import { computed, type Signal, signal } from '@preact/signals';
import { DEFAULT_STYLE } from '../../src/core/style';
import type { ListInfo, Ranges, RunInfo, VersionId, VersionInfo, Work } from '../../src/protocol/dataset';
import type { PageState } from '../../src/protocol/dataset-page';
import { createClusterState } from './clusters/state';
import { TILE } from './grid/geometry';
import { NOTHING, sizeOf } from './grid/selection';
import { isLive } from './query/edit';
import { parsedOf } from './query/parsed';
import { keptDraft } from './repair/draft';
import { createRepairsState } from './repair/state';
import { pairOf } from './versions/pair';

export type Store = ReturnType<typeof createStore>;

/** The list that is shown. */
export interface Listed {
  readonly list: number;
  readonly count: number;
  readonly version: VersionId;
  readonly query: string;
  readonly lacking: ListInfo['lacking'];
  readonly hints: ListInfo['hints'];
}

/** Why a query has no list, and where in its text, if that is known. */
export interface QueryFault {
  readonly query: string;
  readonly message: string;
}

/** @param saved what the page keeps */
export function createStore(saved: Signal<PageState>) {
  const info = signal<RunInfo | undefined>(undefined);
  const work = signal<readonly Work[]>([]);
  const selection = signal<Ranges>(NOTHING);

  const held = signal<VersionId | undefined>(undefined);
  const version = computed((): VersionInfo | undefined => {
    const versions = info.value?.versions ?? [];
    const find = (wanted: VersionId | undefined) => versions.find(({ id }) => id === wanted);
    return find(saved.value.version) ?? find(held.value) ?? versions.at(-1);
  });

  const query = computed(() => saved.value.query ?? '');
  const meaning = computed(() => parsedOf(query.value));
  const parsed = computed(() => ('query' in meaning.value ? meaning.value.query : undefined));
  const isOutdated = signal(false);

  return {
    saved,
    info,
    work,
    style: signal(DEFAULT_STYLE),
    broken: signal<string | undefined>(undefined),
    notice: signal(''),
    /** What a screen reader says next. */
    spoken: signal(''),

    list: signal<Listed | undefined>(undefined),
    fault: signal<QueryFault | undefined>(undefined),
    isListing: signal(false),
    /** Rows have changed since the list was made, so that it may lack some. */
    isOutdated,
    /** Another list may have other rows. */
    isStale: computed(() => isOutdated.value && (parsed.value === undefined || isLive(parsed.value))),
    /** Counts up when rows have changed. */
    changes: signal(0),
    clusters: createClusterState(),
    repairs: createRepairsState(),
    /** The form of a repair, while it is open. */
    draft: computed(() => keptDraft(saved.value.draft)),
    /** Histograms are open. */
    isMeasuring: signal(false),

    /** The position that keys act on. */
    focus: signal(0),
    selection,
    selected: computed(() => sizeOf(selection.value)),

    version,
    /** The version that is shown though a later one was added, so that the grid does not change under the user's hands. */
    held,
    /** The versions that are compared; undefined if there is one alone. */
    pair: computed(() => pairOf(info.value?.versions ?? [], saved.value.compared)),
    /** Versions that were added while the page was open, until the user has seen them. */
    added: signal<readonly VersionId[]>([]),
    versionId: computed(() => version.value?.id),
    query,
    /** What the query means; undefined if it has a fault. */
    parsed,
    /** What is wrong with its text; undefined if nothing is. */
    flaw: computed(() => ('fault' in meaning.value ? meaning.value.fault : undefined)),
    page: computed(() => saved.value.page ?? 'grid'),
    heat: computed(() => saved.value.heat ?? true),
    tile: computed(() => saved.value.tile ?? TILE.usual),
    categories: computed(() => info.value?.categories ?? []),
    isWritable: computed(() => info.value !== undefined && info.value.readOnly === undefined),
    /** Work that is not over. */
    active: computed(() => work.value.filter(({ state }) => state !== 'done' && state !== 'failed')),
  };
}
