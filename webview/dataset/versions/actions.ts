/** What the user does with versions. */
import { batch } from '@preact/signals';
import { printQuery } from '../../../src/core/query/print';
import type { Query } from '../../../src/core/query/query';
import { withVersions } from '../../../src/core/query/versions';
import type { ItemId, VersionId, VersionInfo } from '../../../src/protocol/dataset';
import type { FromDatasetPage } from '../../../src/protocol/dataset-page';
import { unpackRows } from '../../../src/protocol/packed/unpack';
import { renderNow } from '../../mount';
import type { Control } from '../grid/control';
import type { Ask } from '../requests';
import type { Saving } from '../saving';
import type { Store } from '../store';
import { withSide } from './pair';

export type VersionActions = ReturnType<typeof createVersionActions>;

interface Parts {
  readonly store: Store;
  readonly grid: Control;
  readonly saving: Saving;
  readonly ask: Ask;
  readonly post: (message: FromDatasetPage) => void;
  /** Says what went wrong. */
  readonly failed: (thrown: unknown) => void;
}

interface Place {
  readonly version: VersionId;
  readonly item: ItemId;
  readonly list: number;
  readonly position: number;
  readonly query: string;
}

export function createVersionActions({ store, grid, saving, ask, post, failed }: Parts) {
  function explain(place: Place): void {
    const pair = store.pair.peek();
    if (pair) post({ type: 'sideBySide', a: pair.a.id, b: pair.b.id, ...place });
  }
  const seen = () => {
    store.added.value = [];
  };

  return {
    choose(side: 'a' | 'b', version: VersionId): void {
      const pair = store.pair.peek();
      if (pair) saving.keep({ compared: withSide(pair, side, version) });
    },
    /** Shows what changed from one version to another. */
    show(a: VersionId, b: VersionId): void {
      batch(() => {
        saving.keep({ compared: [a, b], page: 'versions' });
        seen();
      });
      // What was clicked may be gone with the notice.
      renderNow();
      document.getElementById('tab-versions')?.focus();
    },
    /** The watch has found another model in the file of a version. */
    added(version: VersionId): void {
      store.added.value = [...store.added.peek(), version];
    },
    seen,
    /** The present query goes on naming the same versions when one was renamed. */
    followNames(before: readonly VersionInfo[], now: readonly VersionInfo[]): void {
      const query = store.parsed.peek();
      if (!query) return;
      const nameOf = (name: string) => {
        const id = before.find((version) => version.name === name)?.id;
        return now.find((version) => version.id === id)?.name ?? name;
      };
      const next = withVersions(query, nameOf);
      if (JSON.stringify(next) !== JSON.stringify(query)) saving.keep({ query: printQuery(next) });
    },
    /** Shows the images of a query under version b, of which shifts are known. */
    find(query: Query): void {
      const pair = store.pair.peek();
      if (pair) saving.keep({ page: 'grid', version: pair.b.id, query: printQuery(query) });
    },
    /** Explains a row of the grid by both versions. */
    sideBySide(position: number): void {
      const list = store.list.peek();
      const row = grid.rowAt(position);
      if (!list || !row) return;
      grid.focusOn(position);
      explain({ version: list.version, item: row.item, list: list.list, position, query: list.query });
    },
    /** Explains the first row of a query by both versions, from where the walk goes on. */
    async walkThrough(query: Query): Promise<void> {
      const pair = store.pair.peek();
      if (!pair) return;
      const version = pair.b.id;
      const text = printQuery(query);
      try {
        const { list } = await ask('list', { version, query: text, first: 0 });
        const [row] = unpackRows(await ask('rows', { version, list, from: 0, count: 1 }));
        if (row) explain({ version, item: row.item, list, position: 0, query: text });
      } catch (thrown) {
        failed(thrown);
      }
    },
    async rename(version: VersionId, name: string): Promise<void> {
      await ask('nameVersion', { version, name }).catch(failed);
    },
    async pin(version: VersionId, pinned: boolean): Promise<void> {
      await ask('pinVersion', { version, pinned }).catch(failed);
    },
    /** The host asks whether it is meant. */
    remove(version: VersionId): void {
      post({ type: 'removeVersion', version });
    },
    findShift(): void {
      const pair = store.pair.peek();
      if (pair) post({ type: 'findShift', a: pair.a.id, b: pair.b.id });
    },
  };
}
