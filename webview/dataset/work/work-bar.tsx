/** What is being computed, what is done, and what can be asked for. */
import { EXPORTS, type ExportKind, type Work } from '../../../src/protocol/dataset';
import { IconButton, TextButton } from '../../toolkit';
import { Menu } from '../../widgets/menu';
import type { DatasetPage } from '../model';
import { plural, whole, workText } from '../texts';
import { Failures } from './failures';

const EXPORT_TITLES: Readonly<Record<ExportKind, string>> = {
  csv: 'CSV',
  json: 'JSON Lines',
  parquet: 'Parquet',
  paths: 'List of paths',
  sheet: 'Contact sheet',
};

export function WorkBar({ page }: { readonly page: DatasetPage }) {
  const { store } = page;
  const { value: active } = store.active;
  const { value: version } = store.version;
  if (!store.info.value) return null;
  const failed = store.work.value.filter(({ state, reason }) => state === 'failed' && reason);
  return (
    <footer class="work-bar">
      <div class="work-lines">
        {active.map((work) => (
          <WorkLine key={work.id} page={page} work={work} />
        ))}
        {failed.map((work) => (
          <div key={work.id} class="work-line" role="alert" data-testid={`work-${work.id}`}>
            <span class="codicon codicon-error" aria-hidden="true" />
            <span class="work-text">{workText(work, versionOf(page, work))}</span>
          </div>
        ))}
        {active.length === 0 && version && (
          <span class="work-text" data-testid="done">
            {version.done === 0 && version.failed === 0
              ? 'Nothing is computed yet.'
              : `${whole(version.done)} of ${plural(store.info.value.items, 'image')} computed.`}
          </span>
        )}
      </div>
      <Failures page={page} />
      <Tools page={page} />
    </footer>
  );
}

const versionOf = ({ store }: DatasetPage, { version }: Work) =>
  store.info.value?.versions.find(({ id }) => id === version);

function WorkLine({ page, work }: { readonly page: DatasetPage; readonly work: Work }) {
  const { control } = page.actions;
  const { id, state, done, total } = work;
  const text = workText(work, versionOf(page, work));
  const share = total > 0 ? done / total : 0;
  const isPaused = state === 'paused';
  return (
    <div class="work-line" data-testid={`work-${id}`}>
      <div
        class="work-progress"
        role="progressbar"
        aria-label="Work"
        aria-valuenow={Math.round(100 * share)}
        aria-valuetext={text}
      >
        <div style={{ transform: `scaleX(${share})` }} />
      </div>
      <span class="work-text" title={text}>
        {text}
      </span>
      <IconButton
        icon={isPaused ? 'debug-continue' : 'debug-pause'}
        name={isPaused ? 'Resume' : 'Pause'}
        testId={`${isPaused ? 'resume' : 'pause'}-${id}`}
        onClick={() => void control(isPaused ? 'resume' : 'pause', work)}
      />
      <IconButton
        icon="debug-stop"
        name="Cancel"
        hint="Cancel; what is done is kept"
        testId={`cancel-${id}`}
        onClick={() => void control('cancel', work)}
      />
    </div>
  );
}

function Tools({ page: { store, actions } }: { readonly page: DatasetPage }) {
  const { value: version } = store.version;
  const { value: selected } = store.selected;
  const items = store.info.value?.items ?? 0;
  const isSweeping = store.active.value.some(({ kind, version: of }) => kind === 'sweep' && of === version?.id);
  const rest = version ? items - version.done - version.failed : 0;
  const isRunnable = version !== undefined && version.unavailable === undefined && store.isWritable.value;
  const hasRows = version !== undefined && version.done > 0;
  const subject = selected > 0 ? plural(selected, 'selected image') : 'the listed images';
  return (
    <div class="tools">
      <TextButton testId="sweep" primary hidden={!isRunnable || isSweeping || rest <= 0} onClick={actions.sweep}>
        {version?.done ? `Compute the other ${whole(rest)}` : `Compute ${plural(rest, 'image')}`}
      </TextButton>
      <Menu
        icon="flame"
        text="Better maps"
        name="Compute better maps"
        testId="compute"
        items={
          isRunnable && hasRows
            ? [
                { label: 'For the wrong ones', testId: 'compute-wrong', run: () => actions.compute('wrong') },
                {
                  label: selected > 0 ? `For the selection (${whole(selected)})` : 'For the image in focus',
                  testId: 'compute-selection',
                  run: () => actions.compute('selection'),
                },
                { label: 'For all', testId: 'compute-all', run: () => actions.compute('all') },
              ]
            : []
        }
      />
      <Menu
        icon="export"
        name={`Export ${subject}`}
        testId="export"
        items={EXPORTS.map((kind) => ({
          label: EXPORT_TITLES[kind],
          testId: `export-${kind}`,
          run: () => actions.export(kind),
        }))}
      />
      <IconButton icon="copy" name={`Copy the paths of ${subject}`} testId="copy-paths" onClick={actions.copyPaths} />
      <IconButton
        icon="refresh"
        name="Update Dataset"
        hint="List the images again, and add the present model if it is another"
        testId="update"
        disabled={!store.isWritable.value}
        onClick={actions.update}
      />
    </div>
  );
}
