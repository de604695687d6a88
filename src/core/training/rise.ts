/** Says when a loss rises. */

/** Steps whose mean is compared with that of an epoch's first ones. */
const WINDOW = 5;
/** By how much the later mean must exceed the first, since losses of batches scatter. */
const MARGIN = 1.1;

/** @param losses of the epoch's steps so far */
export function riseIn(losses: readonly number[]): string | undefined {
  const width = Math.min(WINDOW, Math.floor(losses.length / 2));
  if (width < 1) return undefined;
  const first = mean(losses.slice(0, width));
  const last = mean(losses.slice(-width));
  if (!(last > MARGIN * first)) return undefined;
  return `The loss rises: ${first.toPrecision(3)} in the epoch's first steps, ${last.toPrecision(3)} now. A smaller rate may help.`;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
