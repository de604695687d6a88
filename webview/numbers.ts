/** Formats numbers for both pages. */

/** A probability in percent; for a model without probabilities, the score itself. */
export function percentOf(value: number, activation: string): string {
  if (activation === 'none') return String(Number(value.toPrecision(4)));
  const percent = 100 * value;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
