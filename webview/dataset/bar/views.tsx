/** Saved queries: choose one, save the present one, remove. */
import { useSignal } from '@preact/signals';
import { IconButton, TextButton } from '../../toolkit';
import { Popover } from '../../widgets/popover';
import type { DatasetPage } from '../model';

export function Views({ page: { store, actions } }: { readonly page: DatasetPage }) {
  const name = useSignal('');
  const views = store.info.value?.views ?? [];
  const current = views.find(({ query }) => query === store.query.value);
  const save = () => {
    const text = name.value.trim();
    if (!text) return;
    name.value = '';
    void actions.saveView(text);
  };
  return (
    <Popover icon="bookmark" {...(current && { text: current.name })} name="Saved views" testId="views">
      {(close) => (
        <>
          <ul>
            {views.map((view) => (
              <li key={view.name} class="popover-line">
                <button
                  type="button"
                  class="menu-item"
                  title={view.query || 'All images'}
                  aria-current={view === current}
                  data-testid={`view-${view.name}`}
                  onClick={() => {
                    actions.find(view.query);
                    close();
                  }}
                >
                  {view.name}
                </button>
                {store.isWritable.value && (
                  <IconButton
                    icon="trash"
                    name={`Remove the view ${view.name}`}
                    testId={`remove-view-${view.name}`}
                    onClick={() => void actions.removeView(view.name)}
                  />
                )}
              </li>
            ))}
          </ul>
          {views.length === 0 && <p class="faint">A view is a filter with its order, under a name.</p>}
          {store.isWritable.value && (
            <form
              class="popover-line form"
              onSubmit={(event) => {
                event.preventDefault();
                save();
              }}
            >
              <input
                type="text"
                aria-label="Name of the view"
                placeholder="Name for the present filter"
                maxLength={200}
                value={name.value}
                data-testid="view-name"
                onInput={({ currentTarget }) => {
                  name.value = currentTarget.value;
                }}
              />
              <TextButton testId="save-view" onClick={save}>
                Save
              </TextButton>
            </form>
          )}
        </>
      )}
    </Popover>
  );
}
