/** The versions, the newest first: what is known of each, and which two are compared. It is also the lines as a table. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { VersionInfo } from '../../../src/protocol/dataset';
import type { TrendPoint } from '../../../src/protocol/versions';
import { IconButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { numberText, whole } from '../texts';
import { addedText, keptText, percent } from './texts';

type Measure = keyof Omit<TrendPoint, 'version' | 'rows'>;

export const MEASURES: readonly {
  readonly id: Measure;
  readonly title: string;
  readonly hint: string;
  readonly text: (value: number) => string;
}[] = [
  { id: 'accuracy', title: 'Accuracy', hint: 'Share of right images of those with a class', text: percent },
  { id: 'loss', title: 'Loss', hint: 'Mean loss: -log p of the true class', text: numberText },
  {
    id: 'energy',
    title: 'Heat in boxes',
    hint: 'Mean share of the heat that lies in objects of the class',
    text: (value) => percent(value, 1),
  },
  {
    id: 'change',
    title: 'Change of maps',
    hint: '1 - rank correlation with the maps of the version before, where both predict the same class; the mean',
    text: numberText,
  },
];

export function VersionList({ page, trend }: { readonly page: DatasetPage; readonly trend: readonly TrendPoint[] }) {
  const { store, versions: actions } = page;
  const versions = store.info.value?.versions ?? [];
  const { value: pair } = store.pair;
  const known = new Map(trend.map((point) => [point.version, point]));
  const measures = MEASURES.filter(({ id }) => trend.some((point) => point[id] !== undefined));
  return (
    <section aria-label="Versions">
      <h2>Versions</h2>
      <div class="versions-table versions-list">
        <table data-testid="versions">
          <thead>
            <tr>
              {pair && (
                <>
                  <th scope="col" title="What changed is told from this version">
                    From
                  </th>
                  <th scope="col" title="What changed is told to this version">
                    To
                  </th>
                </>
              )}
              <th scope="col" class="version-head">
                Version
              </th>
              <th scope="col">Images</th>
              {measures.map(({ id, title, hint }) => (
                <th key={id} scope="col" title={hint}>
                  {title}
                </th>
              ))}
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.toReversed().map((version) => (
              <tr key={version.id} data-testid={`version-${version.id}`}>
                {pair &&
                  (['a', 'b'] as const).map((side) => (
                    <td key={side} class="version-side">
                      <input
                        type="radio"
                        name={`version-${side}`}
                        aria-label={`${side === 'a' ? 'From' : 'To'} ${version.name}`}
                        checked={pair[side].id === version.id}
                        data-testid={`${side}-${version.id}`}
                        onChange={() => actions.choose(side, version.id)}
                      />
                    </td>
                  ))}
                <NameCell page={page} version={version} />
                <td title={version.failed > 0 ? `${whole(version.failed)} failed` : undefined}>
                  {whole(version.done)}
                </td>
                {measures.map(({ id, text }) => {
                  const value = known.get(version.id)?.[id];
                  return <td key={id}>{value === undefined ? '' : text(value)}</td>;
                })}
                <ActionsCell page={page} version={version} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface CellProps {
  readonly page: DatasetPage;
  readonly version: VersionInfo;
}

/** The name, which is edited in place, and below it what is left of the model. */
function NameCell({ page: { store, versions }, version }: CellProps) {
  const { id, name, unavailable, model } = version;
  const isEdited = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const facts = [addedText(version), keptText(version)].filter(Boolean).join(' · ');
  useLayoutEffect(() => {
    if (!isEdited.value) return;
    field.current?.focus();
    field.current?.select();
  }, [isEdited.value]);
  function finish(text: string | undefined): void {
    if (!isEdited.peek()) return;
    isEdited.value = false;
    const next = text?.trim();
    if (next && next !== name) void versions.rename(id, next);
  }
  return (
    <th scope="row" class="version-name">
      {isEdited.value ? (
        <input
          ref={field}
          type="text"
          aria-label={`Name of ${name}`}
          maxLength={200}
          defaultValue={name}
          data-testid={`name-${id}`}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key !== 'Enter' && event.key !== 'Escape') return;
            finish(event.key === 'Enter' ? event.currentTarget.value : undefined);
            requestAnimationFrame(() => button.current?.focus());
          }}
          onBlur={({ currentTarget }) => finish(currentTarget.value)}
        />
      ) : store.isWritable.value ? (
        <button
          ref={button}
          type="button"
          class="link"
          title={`${model}. Click to rename.`}
          aria-label={`Rename ${name}`}
          data-testid={`rename-${id}`}
          onClick={() => {
            isEdited.value = true;
          }}
        >
          {name}
        </button>
      ) : (
        <span title={model}>{name}</span>
      )}
      <div class="faint version-facts" title={unavailable ?? facts} data-testid={`facts-${id}`}>
        {facts}
      </div>
    </th>
  );
}

function ActionsCell({ page: { store, versions }, version: { id, name, pinned } }: CellProps) {
  const isWritable = store.isWritable.value;
  return (
    <td class="version-actions">
      <IconButton
        icon={pinned ? 'pinned' : 'pin'}
        name={`${pinned ? 'Unpin' : 'Pin'} ${name}`}
        hint={pinned ? 'Unpin: its copy may give way to newer ones' : 'Pin: its copy is kept whatever space there is'}
        testId={`pin-${id}`}
        pressed={pinned}
        disabled={!isWritable}
        onClick={() => void versions.pin(id, !pinned)}
      />
      <IconButton
        icon="trash"
        name={`Remove ${name}…`}
        testId={`remove-${id}`}
        disabled={!isWritable}
        onClick={() => versions.remove(id)}
      />
    </td>
  );
}
