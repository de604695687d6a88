/** Which classes gained and which lost from one version to another, in the order of any column. */
import { useSignal } from '@preact/signals';
import { printQuery } from '../../../src/core/query/print';
import type { Flip } from '../../../src/protocol/versions';
import { SortHead, type Sorting } from '../../widgets/sort-head';
import { classQuery } from '../query/edit';
import { whole } from '../texts';
import type { PairProps } from './flips';
import { flipQuery } from './queries';
import { accuraciesOf, flipText, percent, points, rowsOf } from './texts';

interface Line {
  readonly category: number;
  readonly name: string;
  readonly images: number;
  readonly from: number;
  readonly to: number;
  readonly change: number;
  readonly worse: number;
  readonly better: number;
}

const NUMBERS = ['images', 'from', 'to', 'change', 'worse', 'better'] as const;
type NumberColumn = (typeof NUMBERS)[number];

export function ByClass({ page, pair, comparison }: PairProps) {
  const { store, actions, versions } = page;
  const sorting = useSignal<Sorting>({ by: 'change', descending: false });
  const names = store.categories.value;
  const { by, descending } = sorting.value;
  const sign = descending ? -1 : 1;
  const column = NUMBERS.find((each) => each === by);
  const lines = comparison.categories
    .flatMap(({ category, flips }): Line[] => {
      const accuracies = accuraciesOf(flips);
      if (!accuracies) return [];
      return [
        {
          category,
          name: names[category] ?? '',
          images: rowsOf(flips),
          from: accuracies.a,
          to: accuracies.b,
          change: accuracies.b - accuracies.a,
          worse: flips.a,
          better: flips.b,
        },
      ];
    })
    .sort((one, other) =>
      column
        ? sign * (one[column] - other[column])
        : sign * one.name.localeCompare(other.name, 'en', { numeric: true }),
    );
  if (lines.length === 0) return null;
  const heads: Readonly<Record<NumberColumn, readonly [title: string, hint: string]>> = {
    images: ['Images', 'Images of the class that both versions have'],
    from: ['From', `Of its images, those right by ${pair.a.name}`],
    to: ['To', `Of its images, those right by ${pair.b.name}`],
    change: ['Change', 'In percentage points'],
    worse: ['Worse', `Right by ${pair.a.name}, wrong by ${pair.b.name}`],
    better: ['Better', `Wrong by ${pair.a.name}, right by ${pair.b.name}`],
  };
  const texts: Readonly<Record<'images' | 'from' | 'to' | 'change', (line: Line) => string>> = {
    images: ({ images }) => whole(images),
    from: ({ from }) => percent(from, 1),
    to: ({ to }) => percent(to, 1),
    change: ({ change }) => points(change, 1),
  };
  const flipCell = (line: Line, flip: Flip, count: number) => (
    <td>
      {count > 0 ? (
        <button
          type="button"
          class="link"
          aria-label={`${line.name}: ${flipText(flip, count)}`}
          title={`${line.name}: ${flipText(flip, count)}. Click to show them.`}
          data-testid={`class-${line.category}-${flip}`}
          onClick={() => versions.find(flipQuery(flip, pair, line.name))}
        >
          {whole(count)}
        </button>
      ) : (
        '0'
      )}
    </td>
  );
  return (
    <section aria-label="By class">
      <h2>By class</h2>
      <div class="versions-table versions-classes">
        <table data-testid="flips-by-class">
          <thead>
            <tr>
              <SortHead id="name" title="Class" hint="By name" sorting={sorting} />
              {NUMBERS.map((id) => (
                <SortHead
                  key={id}
                  id={id}
                  title={heads[id][0]}
                  hint={heads[id][1]}
                  sorting={sorting}
                  largestFirst={id === 'images' || id === 'worse' || id === 'better'}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.category} data-testid={`flips-of-${line.category}`}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    title={`Show the images of ${line.name}`}
                    onClick={() => actions.find(printQuery(classQuery('true', line.name)))}
                  >
                    {line.name}
                  </button>
                </th>
                {(['images', 'from', 'to', 'change'] as const).map((id) => (
                  <td
                    key={id}
                    class={id === 'change' && line.change !== 0 ? (line.change > 0 ? 'gained' : 'lost') : undefined}
                  >
                    {texts[id](line)}
                  </td>
                ))}
                {flipCell(line, 'a', line.worse)}
                {flipCell(line, 'b', line.better)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
