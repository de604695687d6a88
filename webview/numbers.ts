/** Numbers as both pages write them. */

/** A probability in percent; the bare score of a model that gives no probabilities. */
export function percentOf(value: number, activation: string): string {
  if (activation === 'none') return String(Number(value.toPrecision(4)));
  const percent = 100 * value;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
