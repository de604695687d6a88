/** What changed from version a to version b: sentences, and a table of who is right. A cell leads to its images. */
import { type Comparison, FLIPS, type Flip } from '../../../src/protocol/versions';
import { TextButton } from '../../toolkit';
import type { DatasetPage } from '../model';
import { whole } from '../texts';
import type { Pair } from './pair';
import { flipQuery } from './queries';
import { flipText, percent, summaryOf } from './texts';

export interface PairProps {
  readonly page: DatasetPage;
  readonly pair: Pair;
  readonly comparison: Comparison;
}

const ROWS: readonly (readonly [title: string, cells: readonly Flip[]])[] = [
  ['right', ['both', 'a']],
  ['wrong', ['b', 'neither']],
];

export function Flips({ page, pair, comparison }: PairProps) {
  const { versions } = page;
  const { flips, rows } = comparison;
  const show = (flip: Flip) => versions.find(flipQuery(flip, pair));
  return (
    <section aria-label="Flips">
      <h2>{`From ${pair.a.name} to ${pair.b.name}`}</h2>
      <p data-testid="summary">{summaryOf(comparison, pair, { categories: page.store.categories.value })}</p>
      {rows > 0 && (
        <>
          <table class="flips" data-testid="flips">
            <thead>
              <tr>
                <td />
                {['right', 'wrong'].map((what) => (
                  <th key={what} scope="col">{`${what} by ${pair.b.name}`}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ROWS.map(([what, cells]) => (
                <tr key={what}>
                  <th scope="row">{`${what} by ${pair.a.name}`}</th>
                  {cells.map((flip) => (
                    <td key={flip} class={`flip-${flip}`}>
                      <button
                        type="button"
                        title={`${flipText(flip, flips[flip])}. Click to show them.`}
                        aria-label={`${flipText(flip, flips[flip])}, ${percent(flips[flip] / rows, 1)}`}
                        data-testid={`flip-${flip}`}
                        onClick={() => show(flip)}
                      >
                        <strong>{whole(flips[flip])}</strong>
                        <span class="faint">{percent(flips[flip] / rows, 1)}</span>
                      </button>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <div class="versions-buttons">
            {FLIPS.filter((flip) => (flip === 'a' || flip === 'b') && flips[flip] > 0).map((flip) => (
              <TextButton
                key={flip}
                testId={`walk-${flip}`}
                onClick={() => void versions.walkThrough(flipQuery(flip, pair))}
              >
                {flip === 'a' ? 'Worse Ones Side by Side' : 'Better Ones Side by Side'}
              </TextButton>
            ))}
          </div>
        </>
      )}
    </section>
  );
}
