/** A row for each class, in the order of any column. A click shows the images of the class. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { printQuery } from '../../../src/core/query/print';
import type { CategoryStatistics, ClassesInfo } from '../../../src/protocol/dataset';
import { useRoving } from '../../widgets/roving';
import { SortHead, type Sorting } from '../../widgets/sort-head';
import type { DatasetPage } from '../model';
import { classQuery } from '../query/edit';
import { whole } from '../texts';

interface Column {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly measure: (statistics: CategoryStatistics, of: { readonly rows: number }) => number | undefined;
  readonly text: (value: number) => string;
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

const COLUMNS: readonly Column[] = [
  { id: 'count', title: 'Count', hint: 'Images of the class', measure: ({ count }) => count, text: whole },
  {
    id: 'recall',
    title: 'Recall',
    hint: 'Of its images, those predicted as it',
    measure: ({ recall }) => recall,
    text: percent,
  },
  {
    id: 'precision',
    title: 'Precision',
    hint: 'Of the images predicted as it, those that are it',
    measure: ({ precision }) => precision,
    text: percent,
  },
  {
    id: 'accuracy',
    title: 'Accuracy, one vs rest',
    hint: 'Of all images, those of which it is told rightly whether they are of this class or of any other; high for every rare class',
    // All images but those of it that were missed and those taken for it. Of a class that the model does not have, nothing is told.
    measure: ({ count, predicted, correct, recall }, { rows }) =>
      rows > 0 && (recall !== undefined || count === 0) ? 1 - (count + predicted - 2 * correct) / rows : undefined,
    text: percent,
  },
];

export function ClassTable({ page, classes }: { readonly page: DatasetPage; readonly classes: ClassesInfo }) {
  const { store, actions } = page;
  const sorting = useSignal<Sorting>({ by: 'recall', descending: false });
  const body = useRef<HTMLTableSectionElement>(null);
  const roving = useRoving(body, 'button');
  const names = store.categories.value;
  const column = COLUMNS.find(({ id }) => id === sorting.value.by);
  const sign = sorting.value.descending ? -1 : 1;
  const nameOf = ({ category }: CategoryStatistics) => names[category] ?? '';
  const rows = classes.categories.toSorted((a, b) => {
    if (!column) return sign * nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true });
    const [first, second] = [column.measure(a, classes), column.measure(b, classes)];
    // What is unknown comes last.
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
    return sign * (first - second);
  });
  return (
    <div class="class-table">
      <table data-testid="class-table">
        <thead>
          <tr>
            <SortHead id="name" title="Class" hint="By name" sorting={sorting} />
            {COLUMNS.map(({ id, title, hint }) => (
              <SortHead key={id} id={id} title={title} hint={hint} sorting={sorting} largestFirst={id === 'count'} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} {...roving}>
          {rows.map((statistics) => {
            const name = nameOf(statistics);
            return (
              <tr key={statistics.category}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    title={`Show the images of ${name}`}
                    data-testid={`class-${statistics.category}`}
                    onClick={() => actions.find(printQuery(classQuery('true', name)))}
                  >
                    {name}
                  </button>
                </th>
                {COLUMNS.map(({ id, measure, text }) => {
                  const value = measure(statistics, classes);
                  return <td key={id}>{value === undefined ? '' : text(value)}</td>;
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
