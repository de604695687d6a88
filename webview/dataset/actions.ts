/** What the user does, apart from moving in the grid. */
import { batch } from '@preact/signals';
import { reasonOf } from '../../src/core/errors';
import type { ExportKind, Selection, TagInfo, Work } from '../../src/protocol/dataset';
import type { FromDatasetPage, PageName } from '../../src/protocol/dataset-page';
import { createClusterActions } from './clusters/acts';
import type { Control } from './grid/control';
import { TILE } from './grid/geometry';
import * as ranges from './grid/selection';
import type { Ask } from './requests';
import type { Saving } from './saving';
import type { Store } from './store';
import { plural } from './texts';

/** One step of the size of tiles. */
const STEP = 1.25;
const NOTICE_MS = 6_000;

export type Actions = ReturnType<typeof createActions>;

interface Parts {
  readonly store: Store;
  readonly grid: Control;
  readonly saving: Saving;
  readonly ask: Ask;
  readonly post: (message: FromDatasetPage) => void;
  /** Puts the cursor into the text of the query. */
  readonly editQuery: () => void;
  /** Rows have changed, since the page itself has changed them. */
  readonly changed: () => void;
}

export function createActions({ store, grid, saving, ask, post, editQuery, changed }: Parts) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  function notice(text: string): void {
    clearTimeout(timer);
    store.notice.value = text;
    store.spoken.value = text;
    timer = setTimeout(() => {
      store.notice.value = '';
    }, NOTICE_MS);
  }
  const failed = (thrown: unknown) => notice(reasonOf(thrown));

  /** What an action is about: the selected rows, or the one in focus. */
  function chosen(): Selection | undefined {
    const list = store.list.peek();
    if (!list || list.count === 0) return undefined;
    const focus = store.focus.peek();
    const selected = store.selection.peek();
    return { list: list.list, ranges: selected.length > 0 ? selected : [[focus, focus + 1]] };
  }
  /** The selected rows, or all that are listed. */
  function selectedOrAll(): Selection | undefined {
    const list = store.list.peek();
    if (!list) return undefined;
    const selected = store.selection.peek();
    return selected.length > 0 ? { list: list.list, ranges: selected } : { list: list.list };
  }

  async function toggleTag(tag: string): Promise<void> {
    const of = chosen();
    const version = store.versionId.peek();
    if (!of || version === undefined) return;
    if (!store.isWritable.peek()) return notice(store.info.peek()?.readOnly ?? '');
    const on = !grid.rowAt(of.ranges![0]![0])?.tags.includes(tag);
    try {
      const { changed: count } = await ask('tag', { version, of: mutable(of), tag, on });
      notice(`${on ? 'Tagged' : 'Took off'} ${tag}: ${plural(count, 'image')}. Ctrl+Z undoes it.`);
      changed();
    } catch (thrown) {
      failed(thrown);
    }
  }

  return {
    notice,
    failed,
    editQuery,
    toggleTag,
    ...createClusterActions({ store, ask, post, notice, failed, changed }),
    search(query: string): void {
      saving.keep({ query });
    },
    show(page: PageName): void {
      saving.keep({ page });
    },
    /** Shows the grid of a query. */
    find(query: string): void {
      saving.keep({ page: 'grid', query });
    },
    choose(version: number): void {
      saving.keep({ version });
    },
    toggleHeat(): void {
      const heat = !store.heat.peek();
      saving.keep({ heat });
      store.spoken.value = heat ? 'Heat is shown' : 'Heat is hidden';
    },
    resize(steps: number): void {
      const tile = Math.round(store.tile.peek() * STEP ** steps);
      saving.keep({ tile: Math.min(Math.max(tile, TILE.least), TILE.most) });
    },
    resizeTo(tile: number): void {
      saving.keep({ tile });
    },
    selectAll(): void {
      store.selection.value = ranges.all(store.list.peek()?.count ?? 0);
    },
    clearSelection(): void {
      store.selection.value = ranges.NOTHING;
    },
    explain(position: number): void {
      const list = store.list.peek();
      const row = grid.rowAt(position);
      if (!list || !row) return;
      batch(() => grid.focusOn(position));
      post({ type: 'explain', version: list.version, item: row.item, list: list.list, position, query: list.query });
    },
    async undo(): Promise<void> {
      try {
        const { undone } = await ask('undo', {});
        notice(undone ? `Undone: ${undone}.` : 'There is nothing to undo.');
        changed();
      } catch (thrown) {
        failed(thrown);
      }
    },
    async setKey(tag: string, key: string | undefined): Promise<void> {
      const keyIs = (now: string | undefined): void => {
        const info = store.info.peek();
        if (info) store.info.value = { ...info, tags: info.tags.map((each) => withKey(each, tag, now)) };
      };
      const before = store.info.peek()?.tags.find(({ name }) => name === tag)?.key;
      // It counts at once, since it may be the next key that is pressed.
      keyIs(key);
      try {
        await ask('tagKey', { tag, ...(key !== undefined && { key }) });
      } catch (thrown) {
        keyIs(before);
        failed(thrown);
      }
    },
    async saveView(name: string): Promise<void> {
      try {
        await ask('saveView', { view: { name, query: store.query.peek() } });
        notice(`Saved the view ${name}.`);
      } catch (thrown) {
        failed(thrown);
      }
    },
    async removeView(name: string): Promise<void> {
      await ask('removeView', { name }).catch(failed);
    },
    sweep(): void {
      const version = store.versionId.peek();
      if (version !== undefined) post({ type: 'sweep', version });
    },
    compute(what: 'all' | 'wrong' | 'selection'): void {
      const version = store.versionId.peek();
      const of = what === 'selection' ? chosen() : what;
      if (version !== undefined && of)
        post({ type: 'compute', version, of: typeof of === 'string' ? of : mutable(of) });
    },
    export(kind: ExportKind): void {
      const version = store.versionId.peek();
      const of = selectedOrAll();
      if (version !== undefined && of) post({ type: 'export', version, of: mutable(of), kind });
    },
    copyPaths(): void {
      const version = store.versionId.peek();
      const of = selectedOrAll();
      if (version !== undefined && of) post({ type: 'copyPaths', version, of: mutable(of) });
    },
    update: () => post({ type: 'update' }),
    mapClasses(): void {
      const version = store.versionId.peek();
      if (version !== undefined) post({ type: 'mapClasses', version });
    },
    async control(what: 'pause' | 'resume' | 'cancel', { id }: Work): Promise<void> {
      await ask(what, { work: id }).catch(failed);
    },
  };
}

function withKey(tag: TagInfo, name: string, key: string | undefined): TagInfo {
  if (tag.name !== name) return tag;
  const { key: _, ...rest } = tag;
  return key === undefined ? rest : { ...rest, key };
}

/** A selection as the schema of messages has it. */
function mutable({ list, ranges }: Selection): { list: number; ranges?: [number, number][] } {
  return ranges ? { list, ranges: ranges.map(([from, to]) => [from, to]) } : { list };
}
