/** The text of the query: what may follow is offered, and what is wrong is shown at its place. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { clusterNames } from '../clusters/state';
import type { DatasetPage } from '../model';
import { type Completion, complete } from '../query/complete';
import { placeOf } from '../query/fault';

const LIST_ID = 'query-options';
const optionId = (i: number) => `query-option-${i}`;

export function QueryInput({ page }: { readonly page: DatasetPage }) {
  const { store, actions } = page;
  const input = useRef<HTMLInputElement>(null);
  const offered = useSignal<Completion | undefined>(undefined);
  const chosen = useSignal(-1);
  const draft = useSignal(store.query.peek());
  /** Whether what is written is what was asked for. */
  const isDraft = draft.value !== store.query.value;

  // Chips, buttons and the host change the query, too.
  useSignalEffect(() => {
    draft.value = store.query.value;
  });
  useSignalEffect(() => {
    if (page.focusQuery.value === 0) return;
    input.current?.focus();
    input.current?.select();
  });

  function offer(element: HTMLInputElement): void {
    draft.value = element.value;
    chosen.value = -1;
    offered.value = complete(element.value, element.selectionStart ?? element.value.length, {
      labels: store.version.peek()?.labels ?? [],
      categories: store.categories.peek(),
      tags: store.info.peek()?.tags.map(({ name }) => name) ?? [],
      splits: store.info.peek()?.splits ?? [],
      clusters: clusterNames(store.info.peek(), store.versionId.peek(), store.clusters.known.peek()),
      versions: store.info.peek()?.versions.map(({ name }) => name) ?? [],
    });
  }
  function close(): void {
    offered.value = undefined;
    chosen.value = -1;
  }
  function accept(index: number): void {
    const element = input.current;
    const completion = offered.peek();
    const option = completion?.options[index];
    if (!element || !completion || !option) return;
    const head = `${draft.peek().slice(0, completion.from)}${option.text} `;
    draft.value = head + draft.peek().slice(completion.to).trimStart();
    element.value = draft.value;
    element.setSelectionRange(head.length, head.length);
    offer(element);
  }
  function run(): void {
    close();
    actions.search(draft.value.trim());
  }
  const options = offered.value?.options ?? [];

  /** What a key does now; the page may not have been rendered since the key before. */
  function actionOf(key: string): (() => void) | undefined {
    const count = offered.peek()?.options.length ?? 0;
    const at = chosen.peek();
    const step = (by: number) => () => {
      chosen.value = at < 0 ? (by > 0 ? 0 : count - 1) : (at + by + count) % count;
    };
    const open: Readonly<Record<string, () => void>> = {
      ArrowDown: step(1),
      ArrowUp: step(-1),
      Escape: close,
      ...(at >= 0 && { Tab: () => accept(at), Enter: () => accept(at) }),
    };
    const always: Readonly<Record<string, () => void>> = {
      Enter: run,
      Escape: () => {
        draft.value = store.query.peek();
      },
      ArrowDown: () => input.current && offer(input.current),
    };
    return (count > 0 ? open[key] : undefined) ?? always[key];
  }
  const fault = !isDraft && store.fault.value?.query === store.query.value ? store.fault.value : undefined;
  return (
    <div class="query">
      <div class={fault ? 'query-field wrong' : 'query-field'}>
        <span class="codicon codicon-filter" aria-hidden="true" />
        <input
          ref={input}
          type="text"
          role="combobox"
          spellcheck={false}
          autocomplete="off"
          aria-label="Filter"
          aria-expanded={options.length > 0}
          aria-controls={LIST_ID}
          aria-autocomplete="list"
          aria-invalid={fault !== undefined}
          {...(fault && { 'aria-describedby': 'query-fault' })}
          {...(chosen.value >= 0 && { 'aria-activedescendant': optionId(chosen.value) })}
          placeholder="wrong and p > 0.9 order by loss desc"
          value={draft.value}
          data-testid="query"
          onInput={({ currentTarget }) => offer(currentTarget)}
          onBlur={close}
          onKeyDown={(event) => {
            const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : actionOf(event.key);
            if (!act) return;
            event.preventDefault();
            event.stopPropagation();
            act();
          }}
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
      <div class="menu query-options" id={LIST_ID} role="listbox" aria-label="What may follow" hidden={!options.length}>
        {options.map(({ text, detail }, i) => (
          <div
            key={text}
            id={optionId(i)}
            class={i === chosen.value ? 'menu-item chosen' : 'menu-item'}
            role="option"
            aria-selected={i === chosen.value}
            data-testid={optionId(i)}
            // The field keeps the focus.
            onPointerDown={(event) => {
              event.preventDefault();
              accept(i);
            }}
          >
            <span>{text}</span>
            <span class="query-detail">{detail}</span>
          </div>
        ))}
      </div>
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
