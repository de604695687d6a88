/** Composes the page of a run file: state, lists, grid, actions, components, and the connection to the host. */
import './dataset.css';
import { computed, effect, signal } from '@preact/signals';
import { reasonOf } from '../../src/core/errors';
import { type FromDatasetPage, PAGE_STATE, type PageState, type ToDatasetPage } from '../../src/protocol/dataset-page';
import type { PackedRows } from '../../src/protocol/packed/pack';
import { besideScript } from '../beside';
import { createPainter } from '../heat/painter';
import { connect, listen } from '../messages';
import { mount } from '../mount';
import { createActions } from './actions';
import { createControl } from './grid/control';
import { createTilePainter } from './grid/draw/painter';
import { createPictures } from './grid/pictures';
import { createRows } from './grid/rows';
import { createListing } from './listing';
import { createHandlers } from './messages';
import type { DatasetPage } from './model';
import { Page } from './page';
import { createRepairActions } from './repair/acts';
import { createDatasetAsking } from './requests';
import { createSaving } from './saving';
import { createStore } from './store';
import { createVersionActions } from './versions/actions';

const { post, saved: kept, save } = connect<FromDatasetPage, PageState>(PAGE_STATE);
const log = (text: string) => post({ type: 'log', text });
const failed = (thrown: unknown) => log(reasonOf(thrown));
const saving = createSaving(kept ?? {}, save);
const store = createStore(saving.saved);
const asking = createDatasetAsking(post);
const { ask } = asking;
const [focusGrid, focusQuery, generation] = [signal(0), signal(0), signal(0)];

const painter = createTilePainter({
  address: besideScript('tiles-worker.js'),
  log,
  progress: ({ busy }) => {
    // Shows tests when everything requested is on the page.
    if (busy) document.body.dataset['painting'] = '';
    else delete document.body.dataset['painting'];
  },
  restart: () => {
    pictures.forget();
    rows.each(drawRows);
    generation.value += 1;
    grid.update();
  },
});
const drawRows = (from: number, arrived: PackedRows) => painter.send({ type: 'rows', from, rows: arrived });

const rows = createRows(
  (list, from, count) => ask('rows', { version: store.list.peek()!.version, list, from, count }),
  (from, arrived) => {
    drawRows(from, arrived);
    grid.update();
  },
  failed,
);
const pictures = createPictures(
  (items) => ask('pictures', { version: store.list.peek()!.version, items: [...items], maps: true }),
  (arrived, outdated) => painter.send({ type: 'pictures', pictures: arrived, outdated }),
  (items) => painter.send({ type: 'drop', items }),
  failed,
);
let told = '';
const grid = createControl({
  store,
  rows,
  draw: (view) => painter.send({ type: 'view', view }),
  want: pictures.want,
  rested(visible) {
    const version = store.versionId.peek();
    const items = visible.slice(0, 2_000).map(({ item }) => item);
    const isWaiting = visible.some(({ state }) => state === 'waiting');
    if (version === undefined || !isWaiting || told === items.join()) return;
    told = items.join();
    void ask('show', { version, items }).catch(failed);
  },
});
const listing = createListing(store, ask, rows, grid);
const rowsChanged = () => rows.refresh();
const actions = createActions({
  store,
  grid,
  saving,
  ask,
  post,
  editQuery: () => {
    focusQuery.value += 1;
  },
  changed: rowsChanged,
});
const page: DatasetPage = {
  store,
  actions,
  versions: createVersionActions({ store, grid, saving, ask, post, failed: actions.failed }),
  repairs: createRepairActions({ store, saving, ask, post, failed: actions.failed }),
  grid,
  listing,
  ask,
  painter: { generation, attach: painter.attach, send: painter.send },
  paintHeat: createPainter(besideScript('heat-worker.js'), log),
  focusGrid,
  focusQuery,
};

// Parts of the state keep their identity until they are others.
const [labels, activation] = [
  computed(() => store.version.value?.labels),
  computed(() => store.version.value?.activation),
];
effect(() => {
  const version = labels.value && activation.value && { labels: labels.value, activation: activation.value };
  painter.send({ type: 'names', names: { info: { categories: store.categories.value }, version } });
});
let shown: number | undefined;
effect(() => {
  // Tiles of the list before are not shown in the places of this one; pictures of another version have other maps.
  const list = store.list.value;
  painter.send({ type: 'list' });
  if (list && list.version !== shown) {
    shown = list.version;
    pictures.forget();
    painter.send({ type: 'forget' });
  }
});
effect(() => {
  const list = store.list.value;
  const version = store.versionId.value;
  const ranges = store.selection.value.map(([from, to]): [number, number] => [from, to]);
  post({
    type: 'at',
    ...(version !== undefined && { version }),
    query: store.query.value,
    ...(list && { list: list.list }),
    ranges,
    selected: store.selected.value,
  });
});

mount(<Page page={page} />);
listen<ToDatasetPage>(createHandlers({ page, asking, saving, post, rowsChanged }));
post({ type: 'ready' });
