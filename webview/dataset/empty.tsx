/** What stands in the place of the grid when there is nothing to show: why, and what to do. */
import { meansNothing } from '../../src/protocol/versions';
import { TextButton } from '../toolkit';
import type { DatasetPage } from './model';
import { plural } from './texts';

interface Empty {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Undefined if the list has rows, or is not known yet. */
export function emptyOf({ store, actions }: DatasetPage): Empty | undefined {
  const { value: info } = store.info;
  const { value: version } = store.version;
  const { value: list } = store.list;
  if (!info) return { text: 'Opening the run file…' };
  const update = { label: 'Bring Up to Date', run: actions.update };
  if (info.items === 0) {
    return {
      text: `${info.source} has no images that can be read. Add some, or choose another folder.`,
      action: update,
    };
  }
  if (!version) return { text: 'This run file has no model yet.', action: { ...update, label: 'Choose a Model' } };
  if (store.fault.value && !list) return { text: store.fault.value.message };
  if (!list || list.count > 0) return undefined;
  const clear = { label: 'Clear the Filter', run: () => actions.search('') };
  const isOfTruth = list.query.split(/\W+/).some((word) => word === 'wrong' || word === 'correct');
  if (info.categories.length === 0 && isOfTruth) {
    return {
      text: 'No class is known of these images, so none is wrong or right. Put them into folders named after classes, or inspect a list with labels.',
      action: clear,
    };
  }
  if (isOfTruth && meansNothing(version)) {
    return {
      text: `No class of the dataset means a class of ${version.name}, so no image is wrong or right.`,
      action: { label: 'Map Class Names…', run: actions.mapClasses },
    };
  }
  if (version.done + version.failed === 0) {
    return version.unavailable === undefined && info.readOnly === undefined && store.active.value.length === 0
      ? {
          text: 'Nothing is computed yet, so no image matches.',
          action: { label: `Compute ${plural(info.items, 'Image')}`, run: actions.sweep },
        }
      : { text: 'Nothing is computed yet, so no image matches.', action: clear };
  }
  const rest = info.items - version.done - version.failed;
  return {
    text: rest > 0 ? `No image matches so far; ${plural(rest, 'image')} are not computed yet.` : 'No image matches.',
    action: clear,
  };
}

export function EmptyState({ page }: { readonly page: DatasetPage }) {
  const empty = emptyOf(page);
  if (!empty) return null;
  return (
    <div class="empty" role="status" data-testid="empty">
      <p>{empty.text}</p>
      {empty.action && (
        <TextButton testId="empty-action" primary onClick={empty.action.run}>
          {empty.action.label}
        </TextButton>
      )}
    </div>
  );
}
