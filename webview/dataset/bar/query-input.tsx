/** The text of the query: what may follow is offered, and what is wrong is shown at its place. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { DatasetPage } from '../model';
import { useCompletion } from '../query/completion';
import { placeOf } from '../query/fault';

export function QueryInput({ page }: { readonly page: DatasetPage }) {
  const { store, actions } = page;
  const draft = useSignal(store.query.peek());
  /** Whether what is written is what was asked for. */
  const isDraft = draft.value !== store.query.value;
  const { input, options } = useCompletion({
    page,
    id: 'query',
    draft,
    run: () => actions.search(draft.peek().trim()),
    restore: () => {
      draft.value = store.query.peek();
    },
  });

  // Chips, buttons and the host change the query, too.
  useSignalEffect(() => {
    draft.value = store.query.value;
  });
  useSignalEffect(() => {
    if (page.focusQuery.value === 0) return;
    input.ref.current?.focus();
    input.ref.current?.select();
  });
  const fault = !isDraft && store.fault.value?.query === store.query.value ? store.fault.value : undefined;
  return (
    <div class="query" data-vscode-context={JSON.stringify({ webviewSection: 'rows', query: store.query.value })}>
      <div class={fault ? 'query-field wrong' : 'query-field'}>
        <span class="codicon codicon-filter" aria-hidden="true" />
        <input
          {...input}
          aria-label="Filter"
          aria-invalid={fault !== undefined}
          {...(fault && { 'aria-describedby': 'query-fault' })}
          placeholder="wrong and p > 0.9 order by loss desc"
          data-testid="query"
        />
        {isDraft && <span class="query-hint">Enter to apply</span>}
        {store.query.value !== '' && (
          <button
            type="button"
            class="query-clear codicon codicon-close"
            aria-label="Clear the filter"
            title="Clear the filter"
            data-testid="clear"
            onClick={() => actions.search('')}
          />
        )}
      </div>
      {options}
      {fault && <Fault query={fault.query} message={fault.message} />}
    </div>
  );
}

/** The query with a mark where its fault is, and what the fault is. */
function Fault({ query, message }: { readonly query: string; readonly message: string }) {
  const { at, reason } = placeOf(query, message);
  return (
    <div class="query-fault" id="query-fault" role="alert" data-testid="query-fault">
      {at !== undefined && (
        <code>
          {query.slice(0, at)}
          <mark data-testid="query-fault-place">{query.slice(at, at + 20) || ' '}</mark>
          {query.slice(at + 20)}
        </code>
      )}
      <span>{reason}</span>
    </div>
  );
}
