/** The head of a table's column, by which a click sorts the table, according to the ARIA practices. */
import type { Signal } from '@preact/signals';

export interface Sorting {
  /** Id of a column. */
  readonly by: string;
  readonly descending: boolean;
}

interface SortHeadProps {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly sorting: Signal<Sorting>;
  /** Whether the largest come first when it was another column before. */
  readonly largestFirst?: boolean;
}

export function SortHead({ id, title, hint, sorting, largestFirst = false }: SortHeadProps) {
  const { by, descending } = sorting.value;
  const isNow = by === id;
  return (
    <th scope="col" aria-sort={isNow ? (descending ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        title={hint}
        data-testid={`sort-${id}`}
        onClick={() => {
          sorting.value = { by: id, descending: isNow ? !descending : largestFirst };
        }}
      >
        {title}
        <span class={`codicon${isNow ? ` codicon-arrow-${descending ? 'down' : 'up'}` : ''}`} aria-hidden="true" />
      </button>
    </th>
  );
}
