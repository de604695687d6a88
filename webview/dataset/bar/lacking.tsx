/** What the query asks for and is not there: shifts of the heat that are not computed, tags that no image has. */
import type { DatasetPage } from '../model';
import { plural } from '../texts';

/** Says which tags and splits no image has, and of how many rows a shift is not computed, and leads to where it is. */
export function Lacking({ page: { store, versions } }: { readonly page: DatasetPage }) {
  const { value: list } = store.list;
  const isCurrent = list?.query === store.query.value;
  const { lacking = [], hints = [] } = list && isCurrent ? list : {};
  if (!list || lacking.length + hints.length === 0) return null;
  const show = (name: string): void => {
    const from = store.info.peek()?.versions.find((version) => version.name === name);
    if (from) versions.show(from.id, list.version);
  };
  return (
    <div class="query-note" role="note" data-testid="query-note">
      {hints.map((hint) => (
        <span key={hint}>{`${hint} `}</span>
      ))}
      {lacking.map(({ from, rows }) => (
        <span key={from}>
          {`The shift of ${plural(rows, 'image')} from ${from} is not computed. `}
          <button type="button" class="link" data-testid="query-note-show" onClick={() => show(from)}>
            Compute the Shift
          </button>
          {' on the page of versions does it.'}
        </span>
      ))}
    </div>
  );
}
