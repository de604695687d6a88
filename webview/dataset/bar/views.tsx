/** Saved queries: choose one, save the present one, remove. */
import { IconButton } from '../../toolkit';
import { NameForm } from '../../widgets/name-form';
import { Popover } from '../../widgets/popover';
import type { DatasetPage } from '../model';

export function Views({ page: { store, actions } }: { readonly page: DatasetPage }) {
  const views = store.info.value?.views ?? [];
  const current = views.find(({ query }) => query === store.query.value);
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
            <NameForm
              label="Name of the view"
              placeholder="Name for the present filter"
              testId="view-name"
              button={{ label: 'Save', testId: 'save-view' }}
              onName={(name) => void actions.saveView(name)}
            />
          )}
        </>
      )}
    </Popover>
  );
}
