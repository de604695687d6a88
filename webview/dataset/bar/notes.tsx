/** What had to be assumed of the dataset and of the model. */
import { meaningless } from '../../../src/protocol/versions';
import { TextButton } from '../../toolkit';
import { Popover } from '../../widgets/popover';
import type { DatasetPage } from '../model';

export function Notes({ page: { store, actions } }: { readonly page: DatasetPage }) {
  const { value: info } = store.info;
  const { value: version } = store.version;
  const notes = info?.notes ?? [];
  const assumptions = version?.assumptions ?? [];
  const count = notes.length + assumptions.length;
  return (
    <Popover icon="info" text={String(count)} name={`Notes (${count})`} testId="notes" hidden={count === 0}>
      {(close) => (
        <>
          {notes.length > 0 && <h3>The dataset</h3>}
          <List lines={notes} />
          {info && version && meaningless(info, version).length > 0 && (
            <TextButton
              testId="notes-map"
              onClick={() => {
                close();
                actions.mapClasses();
              }}
            >
              Map Class Names…
            </TextButton>
          )}
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
