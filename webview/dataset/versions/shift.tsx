/** How far the heat has moved from version a to version b: a histogram that can be brushed, and what is still to compute. */
import { useSignal } from '@preact/signals';
import { TextButton } from '../../toolkit';
import { edgesOf } from '../bar/brush';
import { Histogram } from '../bar/histogram';
import type { Range } from '../query/edit';
import { numberText, plural, whole, workText } from '../texts';
import type { PairProps } from './flips';
import { shiftQuery } from './queries';

/** The shift is 1 - a rank correlation. */
const [LEAST, MOST] = [0, 2];

export function Shift({ page, pair, comparison }: PairProps) {
  const { store, versions } = page;
  const brushed = useSignal<Range>({});
  const { known, wanted, mean, counts } = comparison.shift;
  const { a, b } = pair;
  const work = store.active.value.find(({ kind, version }) => kind === 'shift' && version === b.id);
  const shape = { lo: LEAST, hi: MOST, bins: counts.length };
  const [first, last] = edgesOf(shape, brushed.value);
  const isBrushed = first > 0 || last < shape.bins;
  const found = counts.slice(first, last).reduce((sum, count) => sum + count, 0);
  const rest = wanted - known;
  const reason = b.unavailable ?? store.info.value?.readOnly;
  return (
    <section aria-label="Shift of the heat" class="shift">
      <h2>Shift of the heat</h2>
      <p class="faint">
        {`1 - the rank correlation of both maps of the class that ${a.name} predicts: 0 where the heat is the same, 1 where nothing is left of it, up to 2 where hot and cold have changed places.`}
      </p>
      {known > 0 && (
        <>
          <p data-testid="shift-mean">
            {`Mean ${numberText(mean ?? 0)}, of ${whole(known)}${rest > 0 ? ` of ${whole(wanted)}` : ''} ${wanted === 1 ? 'image' : 'images'}.`}
          </p>
          <Histogram
            data={{ name: 'shift', lo: LEAST, hi: MOST, counts, all: counts, unknown: rest }}
            range={brushed.value}
            onBrush={(range) => {
              brushed.value = range;
            }}
          />
        </>
      )}
      {rest > 0 && !work && (
        <p data-testid="shift-rest">
          {reason === undefined
            ? `The shift of ${plural(rest, 'image')} is not known: maps by ${b.name} have to be computed for the class that ${a.name} predicts.`
            : `The shift of ${plural(rest, 'image')} is not known, and maps by ${b.name} can't be computed: ${reason}`}
        </p>
      )}
      {work && (
        <p role="status" data-testid="shift-work">
          {workText(work, b)}
        </p>
      )}
      <div class="versions-buttons">
        {rest > 0 && !work && reason === undefined && (
          <TextButton primary testId="find-shift" onClick={versions.findShift}>
            Compute the Shift
          </TextButton>
        )}
        {known > 0 && (
          <TextButton
            testId="show-shift"
            hidden={!isBrushed}
            onClick={() => versions.find(shiftQuery(a.name, brushed.value))}
          >
            {`Show ${plural(found, 'Image')}`}
          </TextButton>
        )}
        {known > 0 && (
          <TextButton testId="largest-shift" onClick={() => versions.find(shiftQuery(a.name, {}))}>
            Largest Shift First
          </TextButton>
        )}
      </div>
    </section>
  );
}
