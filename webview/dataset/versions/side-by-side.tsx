/** The button that explains the image in focus by two versions, side by side. */
import { IconButton } from '../../toolkit';
import type { DatasetPage } from '../model';

export function SideBySide({ page: { store, versions } }: { readonly page: DatasetPage }) {
  const { value: pair } = store.pair;
  if (!pair) return null;
  const name = `Side by side: ${pair.a.name} and ${pair.b.name}`;
  return (
    <IconButton
      icon="split-horizontal"
      name={name}
      hint={`${name} (Shift+Enter)`}
      testId="side-by-side"
      disabled={(store.list.value?.count ?? 0) === 0}
      onClick={() => versions.sideBySide(store.focus.peek())}
    />
  );
}
