/** The fields of the form: a query with what it finds, and a number, each with a remark below. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { TRAINING_NUMBERS, type TrainingNumber } from '../../../../src/protocol/params/training-options';
import type { DatasetPage } from '../../model';
import { useCompletion } from '../../query/completion';
import type { Draft } from '../draft';
import type { Remark, Remarks } from './checks';

const remarkId = (field: string) => `remark-${field}`;

/** What is said under a field; the field names it as its description. */
export function Below({ field, remark }: { readonly field: string; readonly remark: Remark | undefined }) {
  return (
    <p
      id={remarkId(field)}
      class={remark?.isFault ? 'repair-remark wrong' : 'repair-remark faint'}
      data-testid={`remark-${field}`}
      aria-live="polite"
    >
      {remark?.isFault && <span class="codicon codicon-error" aria-hidden="true" />}
      {remark?.text}
    </p>
  );
}

/** Attributes of a field that has a remark. */
export const described = (field: string, remark: Remark | undefined) => ({
  'aria-describedby': remarkId(field),
  'aria-invalid': remark?.isFault ?? false,
});

/** The fields that hold a query, and what an empty one means. */
const QUERIES = {
  train: { label: 'Train on', placeholder: 'all images' },
  heldOut: { label: 'Hold out, to judge by', placeholder: 'a fifth of them' },
  watch: { label: 'Show after each epoch the maps of', placeholder: 'some images' },
} as const satisfies Partial<Record<keyof Draft, object>>;

interface QueryFieldProps {
  readonly page: DatasetPage;
  readonly draft: Draft;
  readonly remarks: Remarks;
  readonly field: keyof typeof QUERIES;
  /** Enter, while nothing is offered. */
  readonly onEnter: () => void;
}

export function QueryField({ page, draft, remarks, field, onEnter }: QueryFieldProps) {
  const { label, placeholder } = QUERIES[field];
  const { [field]: value } = draft;
  const { [field]: remark } = remarks;
  const text = useSignal(value);
  const id = `repair-${field}`;
  const { input, options } = useCompletion({ page, id, draft: text, run: onEnter });
  useSignalEffect(() => {
    if (text.value !== value) page.repairs.change({ [field]: text.value });
  });
  // The form may be opened for other rows.
  useLayoutEffect(() => {
    text.value = value;
  }, [value]);
  return (
    <div class="repair-field">
      <label for={id}>{label}</label>
      <div class="query">
        <div class={remark?.isFault ? 'query-field wrong' : 'query-field'}>
          <input {...input} id={id} placeholder={placeholder} data-testid={id} {...described(field, remark)} />
        </div>
        {options}
      </div>
      <Below field={field} remark={remark} />
    </div>
  );
}

interface NumberInputProps {
  readonly field: TrainingNumber;
  readonly value: string;
  readonly remark: Remark | undefined;
  readonly onChange: (text: string) => void;
}

export function NumberInput({ field, value, remark, onChange }: NumberInputProps) {
  const id = `repair-${field}`;
  return (
    <div class="repair-field">
      <label for={id}>{TRAINING_NUMBERS[field].title}</label>
      <input
        id={id}
        class="repair-text"
        type="text"
        inputMode={TRAINING_NUMBERS[field].isWhole ? 'numeric' : 'decimal'}
        value={value}
        data-testid={id}
        {...described(field, remark)}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <Below field={field} remark={remark} />
    </div>
  );
}

interface ChoicesProps {
  readonly legend: string;
  readonly children: ComponentChildren;
}

export function Choices({ legend, children }: ChoicesProps) {
  return (
    <fieldset class="repair-choices">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}

interface RadioProps {
  readonly group: string;
  readonly value: string;
  readonly title: string;
  readonly text?: string | undefined;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

/** One of several choices, with what it means. */
export function Radio({ group, value, title, text, checked, onChoose }: RadioProps) {
  const id = `${group}-${value}`;
  return (
    <div class="repair-choice">
      <input
        type="radio"
        id={id}
        name={group}
        checked={checked}
        data-testid={id}
        {...(text !== undefined && { 'aria-describedby': `${id}-text` })}
        onChange={onChoose}
      />
      <label for={id}>{title}</label>
      {text !== undefined && (
        <p id={`${id}-text`} class="faint">
          {text}
        </p>
      )}
    </div>
  );
}
