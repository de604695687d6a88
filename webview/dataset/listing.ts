/**
 * Makes the list of what the query finds. A list stays as it is while rows change, so that nothing jumps under the
 * user's hands; another is made when the query is another, when the user asks for it, or when the grid has room left.
 */
import { batch, effect } from '@preact/signals';
import { reasonOf } from '../../src/core/errors';
import type { Row } from '../../src/protocol/dataset';
import { type PackedRows, packRows } from '../../src/protocol/packed/pack';
import { type Rows, WINDOW } from './grid/rows';
import { NOTHING } from './grid/selection';
import { isOfClusters } from './query/edit';
import type { Ask } from './requests';
import type { Store } from './store';

/** Lists are made anew at most this often while rows change. */
const PAUSE_MS = 1_000;
const COUNT_PAUSE_MS = 2_000;

export type Listing = ReturnType<typeof createListing>;

/**
 * @param place which row stays where it is seen, and what brings its position in the new list there
 */
export function createListing(
  store: Store,
  ask: Ask,
  rows: Rows,
  place: { anchor(): Row | undefined; moved(position: number | undefined): void; isRoomLeft(): boolean },
) {
  /** Counts up with each list that is asked for; answers about earlier ones count no more. */
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let counting: ReturnType<typeof setTimeout> | undefined;

  async function make(isSame: boolean): Promise<void> {
    const version = store.versionId.peek();
    const query = store.query.peek();
    if (version === undefined || store.broken.peek() !== undefined) return;
    turn += 1;
    const mine = turn;
    const flaw = store.flaw.peek();
    if (flaw !== undefined) {
      store.isListing.value = false;
      store.fault.value = { query, message: flaw };
      return;
    }
    store.isListing.value = true;
    let first: PackedRows = packRows([]);
    const anchor = isSame ? place.anchor() : undefined;
    try {
      const { list, count, lacking, hints } = await ask('list', { version, query, first: WINDOW }, (known) => {
        first = known;
      });
      const position =
        anchor && count > 0 ? (await ask('row', { version, item: anchor.item, list })).position : undefined;
      // The rows that will be on screen are there before the list is shown, so that nothing flickers.
      const from = WINDOW * Math.floor((position ?? 0) / WINDOW);
      if (from > 0) first = await ask('rows', { version, list, from, count: Math.min(WINDOW, count - from) });
      if (mine !== turn) return;
      batch(() => {
        store.fault.value = undefined;
        store.isOutdated.value = false;
        store.list.value = { list, count, version, query, lacking, hints };
        store.selection.value = NOTHING;
        if (!isSame) store.focus.value = 0;
        store.spoken.value = count === 1 ? '1 image' : `${count.toLocaleString('en')} images`;
      });
      rows.show(list, count, { from, rows: first });
      place.moved(isSame ? position : 0);
    } catch (thrown) {
      if (mine === turn) store.fault.value = { query, message: reasonOf(thrown) };
    } finally {
      if (mine === turn) store.isListing.value = false;
    }
  }

  effect(() => {
    // Another version or query.
    void [store.versionId.value, store.query.value];
    void make(false);
  });

  return {
    /** The same query again. The place is kept. */
    again: () => void make(true),
    /** Clusters have changed, which only some queries ask for. */
    regrouped(): void {
      const query = store.parsed.peek();
      if (query === undefined || isOfClusters(query)) outdated();
    },
    outdated,
  };

  /** Rows have changed. */
  function outdated(): void {
    if (!store.list.peek()) return;
    store.isOutdated.value = true;
    // At most every few seconds, since counting takes the host longer than a list.
    if (counting === undefined)
      counting = setTimeout(() => {
        counting = undefined;
        store.changes.value += 1;
      }, COUNT_PAUSE_MS);
    if (timer === undefined)
      timer = setTimeout(() => {
        timer = undefined;
        if (store.isStale.peek() && place.isRoomLeft() && store.selected.peek() === 0) void make(true);
      }, PAUSE_MS);
  }
}
