/** What had to be assumed of the dataset and of the model. */
import { Popover } from '../../widgets/popover';
import type { DatasetPage } from '../model';

export function Notes({ page: { store } }: { readonly page: DatasetPage }) {
  const { value: info } = store.info;
  const { value: version } = store.version;
  const notes = info?.notes ?? [];
  const assumptions = version?.assumptions ?? [];
  const count = notes.length + assumptions.length;
  return (
    <Popover icon="info" text={String(count)} name={`Notes (${count})`} testId="notes" hidden={count === 0}>
      {() => (
        <>
          {notes.length > 0 && <h3>The dataset</h3>}
          <List lines={notes} />
          {assumptions.length > 0 && <h3>Assumed of the model {version?.name}</h3>}
          <List lines={assumptions} />
          {version && (
            <p class="faint">
              {version.model}, layer {version.layer}
            </p>
          )}
        </>
      )}
    </Popover>
  );
}

const List = ({ lines }: { readonly lines: readonly string[] }) => (
  <ul>
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);
