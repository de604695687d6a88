/** The bar of filters, which both pages share. */
import { PAGES, type PageName } from '../../../src/protocol/dataset-page';
import { Choice, IconButton } from '../../toolkit';
import { TILE } from '../grid/geometry';
import type { DatasetPage } from '../model';
import { Tags } from '../tags/tags';
import { whole } from '../texts';
import { SideBySide } from '../versions/side-by-side';
import { Chips } from './chips';
import { Histograms } from './histograms';
import { Lacking } from './lacking';
import { Notes } from './notes';
import { OrderMenu } from './order-menu';
import { QueryInput } from './query-input';
import { Views } from './views';

const TITLES: Readonly<Record<PageName, string>> = {
  grid: 'Grid',
  classes: 'Classes',
  clusters: 'Clusters',
  versions: 'Versions',
  repair: 'Repair',
};

export function Bar({ page }: { readonly page: DatasetPage }) {
  const { store, actions, listing } = page;
  const isGrid = store.page.value === 'grid';
  return (
    <header class="bar">
      <div class="bar-line">
        <div class="bar-pages">
          <Tabs page={page} />
          <VersionChoice page={page} />
        </div>
        <QueryInput page={page} />
        <Count page={page} />
        <OrderMenu page={page} />
        <Views page={page} />
        <Notes page={page} />
      </div>
      <div class="bar-line bar-conditions" hidden={!isGrid}>
        <Chips page={page} />
        <Lacking page={page} />
        <span class="space" />
        {store.isStale.value && (
          <button
            type="button"
            class="chip"
            data-testid="refresh"
            title="Lists again, and keeps the place"
            onClick={listing.again}
          >
            <span class="codicon codicon-refresh" aria-hidden="true" />
            <span class="chip-word">Results have changed</span>
          </button>
        )}
        <span class="tools">
          <IconButton
            icon="graph"
            name="Histograms"
            testId="histograms"
            pressed={store.isMeasuring.value}
            expanded={store.isMeasuring.value}
            onClick={() => {
              store.isMeasuring.value = !store.isMeasuring.value;
            }}
          />
          <SideBySide page={page} />
          <Tags page={page} />
          <IconButton
            icon="flame"
            name="Heat"
            hint="Heat (H)"
            testId="heat"
            pressed={store.heat.value}
            onClick={actions.toggleHeat}
          />
          <input
            type="range"
            min={TILE.least}
            max={TILE.most}
            step={4}
            value={String(store.tile.value)}
            aria-label="Size of tiles"
            title="Size of tiles (+ and -)"
            style={{ '--filled': `${(100 * (store.tile.value - TILE.least)) / (TILE.most - TILE.least)}%` }}
            data-testid="size"
            onInput={({ currentTarget }) => actions.resizeTo(currentTarget.valueAsNumber)}
          />
        </span>
      </div>
      {isGrid && store.isMeasuring.value && <Histograms page={page} />}
    </header>
  );
}

function Tabs({ page: { store, actions } }: { readonly page: DatasetPage }) {
  const step = (by: number) => {
    const next = PAGES[(PAGES.indexOf(store.page.peek()) + by + PAGES.length) % PAGES.length]!;
    actions.show(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  const keys: Readonly<Record<string, () => void>> = { ArrowRight: () => step(1), ArrowLeft: () => step(-1) };
  return (
    <div class="tabs" role="tablist" aria-label="Pages">
      {PAGES.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          class="tab"
          aria-selected={name === store.page.value}
          aria-controls={`page-${name}`}
          tabIndex={name === store.page.value ? 0 : -1}
          data-testid={`tab-${name}`}
          onClick={() => actions.show(name)}
          onKeyDown={({ key }) => keys[key]?.()}
        >
          {TITLES[name]}
        </button>
      ))}
    </div>
  );
}

function Count({ page: { store } }: { readonly page: DatasetPage }) {
  const all = store.info.value?.items ?? 0;
  const found = store.list.value?.count;
  const selected = store.selected.value;
  return (
    <span class="count">
      <span data-testid="count">
        {found === undefined ? '' : found === all ? whole(all) : `${whole(found)} of ${whole(all)}`}
      </span>
      {selected > 0 && <span data-testid="selected">{`, ${whole(selected)} selected`}</span>}
    </span>
  );
}

function VersionChoice({ page: { store, actions } }: { readonly page: DatasetPage }) {
  const versions = store.info.value?.versions ?? [];
  const { value: version } = store.version;
  if (!version || versions.length < 2) return null;
  return (
    <Choice
      name="Version of the model"
      testId="version"
      values={versions.map(({ name }) => name)}
      value={version.name}
      onChange={(name) => {
        const chosen = versions.find((each) => each.name === name);
        if (chosen) actions.choose(chosen.id);
      }}
    />
  );
}
