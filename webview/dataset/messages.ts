/** Applies the host's messages to the store. */
import { batch, effect } from '@preact/signals';
import type { FromDatasetPage, PageCommand, ToDatasetPage } from '../../src/protocol/dataset-page';
import type { Handlers } from '../messages';
import type { DatasetPage } from './model';
import type { DatasetAsking } from './requests';
import type { Saving } from './saving';
import { mapsDone } from './work/news';

interface Parts {
  readonly page: DatasetPage;
  readonly asking: DatasetAsking;
  readonly saving: Saving;
  readonly post: (message: FromDatasetPage) => void;
  /** Rows have changed: what is shown of them is asked for again. */
  readonly rowsChanged: () => void;
}

export function createHandlers({ page, asking, saving, post, rowsChanged }: Parts): Handlers<ToDatasetPage> {
  const { store, actions, grid } = page;
  const commands: Readonly<Record<PageCommand, () => void>> = {
    heat: actions.toggleHeat,
    larger: () => actions.resize(1),
    smaller: () => actions.resize(-1),
    filter: actions.editQuery,
    wrong: () => actions.find('wrong'),
    undo: () => void actions.undo(),
    grid: () => {
      actions.show('grid');
      page.focusGrid.value += 1;
    },
    classes: () => actions.show('classes'),
    clusters: () => actions.show('clusters'),
    versions: () => actions.show('versions'),
    repairs: () => actions.show('repair'),
    repairStop: page.repairs.finishShown,
    repairGoOn: page.repairs.goOnShown,
    selectAll: actions.selectAll,
    open: () => actions.explain(store.focus.peek()),
    sideBySide: () => page.versions.sideBySide(store.focus.peek()),
    clear: () => actions.search(''),
  };

  /** An item that was walked to before there is a list, as after the page was hidden. */
  let due: number | undefined;

  /** The explanation editor has gone to another row of the list. */
  async function follow(item: number): Promise<void> {
    const list = store.list.peek();
    due = list ? undefined : item;
    if (!list) return;
    const { position } = await asking.ask('row', { version: list.version, item, list: list.list });
    if (position !== undefined && list === store.list.peek()) grid.focusOn(position);
  }

  const walked = (item: number) => void follow(item).catch((thrown) => post({ type: 'log', text: String(thrown) }));
  effect(() => {
    if (store.list.value && due !== undefined) walked(due);
  });

  /** What was done before the page was there is no news. */
  let isFirstWork = true;

  return {
    info({ info }) {
      const before = store.info.peek();
      batch(() => {
        store.broken.value = undefined;
        store.held.value = store.versionId.peek();
        store.info.value = info;
        if (before) page.versions.followNames(before.versions, info.versions);
      });
      if (!before) void page.repairs.load();
      if (before && before.items !== info.items) page.listing.again();
      else if (before && JSON.stringify(before.clusters) !== JSON.stringify(info.clusters)) page.listing.regrouped();
      // Names of tags and classes are part of the tiles.
      if (before) rowsChanged();
    },
    work({ work }) {
      const text = isFirstWork ? undefined : mapsDone(store.work.peek(), work);
      isFirstWork = false;
      store.work.value = work;
      if (text !== undefined) actions.notice(text);
    },
    rows({ version, done, failed }) {
      const { value: info } = store.info;
      if (info) {
        const versions = info.versions.map((each) => (each.id === version ? { ...each, done, failed } : each));
        store.info.value = { ...info, versions };
      }
      if (version !== store.versionId.peek()) return;
      rowsChanged();
      page.listing.outdated();
    },
    style({ style }) {
      store.style.value = style;
    },
    reply: asking.settle,
    failure: asking.settle,
    first: ({ id, rows }) => asking.begin(id, rows),
    command: ({ command }) => commands[command](),
    query({ query, version }) {
      saving.keep({ query, page: 'grid', ...(version !== undefined && { version }) });
    },
    added: ({ version }) => page.versions.added(version),
    compare: ({ a, b }) => page.versions.show(a, b),
    repair: ({ repair }) => page.repairs.took(repair),
    repairRemoved: ({ repair }) => page.repairs.removed(repair),
    repairShown({ repair }) {
      page.repairs.choose(repair);
      actions.show('repair');
    },
    repairOf({ query, version }) {
      if (version !== undefined) actions.choose(version);
      page.repairs.openFor(query ?? store.query.peek());
    },
    output: page.repairs.output,
    walked: ({ item }) => walked(item),
    notice: ({ text }) => actions.notice(text),
    broken({ message }) {
      store.broken.value = message;
    },
  };
}
