/** A field with the text of a query, in which what may follow is offered: a combobox, according to the ARIA practices. */
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChild, RefObject, TargetedEvent, TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { clusterNames } from '../clusters/state';
import type { DatasetPage } from '../model';
import { type Completion, complete } from './complete';

interface Completing {
  readonly page: DatasetPage;
  /** What the ids of the elements begin with. */
  readonly id: string;
  readonly draft: Signal<string>;
  /** Takes the text as it is. */
  readonly run: () => void;
  /** Takes back what was written, if that is possible. */
  readonly restore?: () => void;
}

export interface CompletedField {
  /** Properties of the field's input. */
  readonly input: {
    readonly ref: RefObject<HTMLInputElement | null>;
    readonly type: 'text';
    readonly role: 'combobox';
    readonly spellcheck: false;
    readonly autocomplete: 'off';
    readonly 'aria-expanded': boolean;
    readonly 'aria-controls': string;
    readonly 'aria-autocomplete': 'list';
    readonly 'aria-activedescendant'?: string;
    readonly value: string;
    readonly onInput: (event: TargetedEvent<HTMLInputElement>) => void;
    readonly onBlur: () => void;
    readonly onKeyDown: (event: TargetedKeyboardEvent<HTMLInputElement>) => void;
  };
  /** What is offered, for a place below the input. */
  readonly options: ComponentChild;
}

export function useCompletion({ page, id, draft, run, restore }: Completing): CompletedField {
  const { store } = page;
  const input = useRef<HTMLInputElement>(null);
  const offered = useSignal<Completion | undefined>(undefined);
  const chosen = useSignal(-1);
  const optionId = (i: number) => `${id}-option-${i}`;

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
      Enter: () => {
        close();
        run();
      },
      ...(restore && { Escape: restore }),
      ArrowDown: () => input.current && offer(input.current),
    };
    return (count > 0 ? open[key] : undefined) ?? always[key];
  }

  return {
    input: {
      ref: input,
      type: 'text',
      role: 'combobox',
      spellcheck: false,
      autocomplete: 'off',
      'aria-expanded': options.length > 0,
      'aria-controls': `${id}-options`,
      'aria-autocomplete': 'list',
      ...(chosen.value >= 0 && { 'aria-activedescendant': optionId(chosen.value) }),
      value: draft.value,
      onInput: ({ currentTarget }) => offer(currentTarget),
      onBlur: close,
      onKeyDown: (event) => {
        const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : actionOf(event.key);
        if (!act) return;
        event.preventDefault();
        event.stopPropagation();
        act();
      },
    },
    options: (
      <div
        class="menu query-options"
        id={`${id}-options`}
        role="listbox"
        aria-label="What may follow"
        hidden={!options.length}
      >
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
    ),
  };
}
