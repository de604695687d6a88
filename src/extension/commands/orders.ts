/** Orders in which one can go on to the next thing. Pure. */

/** Indices of classes, the most probable first; equal ones in the model's order. */
export function classOrder(probabilities: Float32Array): number[] {
  return Array.from(probabilities, (_, i) => i).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
}

/** As the Explorer sorts them: numbers in names count as numbers. */
export function neighbourOf(names: readonly string[], name: string, by: 1 | -1): string | undefined {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const sorted = [...names].sort((a, b) => compare(a, b));
  const at = sorted.indexOf(name);
  return at < 0 ? undefined : sorted[at + by];
}
