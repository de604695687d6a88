/** Images that could not be computed, and why. */
import { useSignal } from '@preact/signals';
import type { Row } from '../../../src/protocol/dataset';
import { unpackRows } from '../../../src/protocol/packed/unpack';
import { Popover } from '../../widgets/popover';
import type { DatasetPage } from '../model';
import { whole } from '../texts';

/** So many reasons are listed; the grid has all. */
const LISTED = 20;

export function Failures({ page: { store, actions, ask } }: { readonly page: DatasetPage }) {
  const rows = useSignal<readonly Row[] | undefined>(undefined);
  const { value: version } = store.version;
  const failed = version?.failed ?? 0;
  async function load(): Promise<void> {
    if (!version) return;
    rows.value = undefined;
    try {
      const { list, count } = await ask('list', { version: version.id, query: 'failed', first: 0 });
      rows.value = unpackRows(
        await ask('rows', { version: version.id, list, from: 0, count: Math.min(count, LISTED) }),
      );
    } catch (thrown) {
      actions.failed(thrown);
    }
  }
  return (
    <Popover
      icon="warning"
      text={`${whole(failed)} failed`}
      name={`${whole(failed)} failed`}
      testId="failures"
      above
      hidden={failed === 0}
      opened={() => void load()}
    >
      {(close) => (
        <>
          <button
            type="button"
            class="menu-item"
            data-testid="show-failed"
            onClick={() => {
              actions.find('failed');
              close();
            }}
          >
            Show them in the grid
          </button>
          <ul>
            {rows.value?.map(({ item, path, error }) => (
              <li key={item}>{error?.includes(path) ? error : `${path}: ${error ?? 'no reason is known'}`}</li>
            ))}
          </ul>
          {!rows.value && <p class="faint">Loading…</p>}
          {failed > LISTED && <p class="faint">{`and ${whole(failed - LISTED)} more`}</p>}
        </>
      )}
    </Popover>
  );
}
