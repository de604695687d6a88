/** Tells that the file of a model has changed, and that a version was made of it. */
import { Icon } from '../../icon';
import { IconButton, TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { pairOf } from './pair';

export function Added({ page: { store, versions } }: { readonly page: DatasetPage }) {
  const all = store.info.value?.versions ?? [];
  // A version that was removed since, or that is not told of yet, is left out.
  const added = all.filter(({ id }) => store.added.value.includes(id));
  const newest = added.at(-1);
  if (!newest) return null;
  const names = added.map(({ name }) => name);
  const text =
    names.length === 1
      ? `The model's file has changed: ${names[0]} is a new version.`
      : `The model's file has changed: ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are new versions.`;
  const pair = pairOf(all.slice(0, all.indexOf(newest) + 1), undefined);
  return (
    <div class="banner" role="status" data-testid="added">
      <Icon name="sparkle" />
      <span>{text}</span>
      {pair && (
        <TextButton testId="show-flips" onClick={() => versions.show(pair.a.id, pair.b.id)}>
          Show Flips
        </TextButton>
      )}
      <IconButton icon="close" name="Dismiss" testId="dismiss-added" onClick={versions.seen} />
    </div>
  );
}
