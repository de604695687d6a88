/** Numbers as bytes: value = lo + byte / 255 * (hi - lo). */

export interface Quantised {
  readonly lo: number;
  readonly hi: number;
  readonly data: Uint8Array;
}

/** The error of a value is at most half of a step, (hi - lo) / 510. */
export function quantised(values: ArrayLike<number>): Quantised {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  const data = new Uint8Array(values.length);
  if (!(hi > lo)) return { lo: values.length ? lo : 0, hi: values.length ? hi : 0, data };
  const scale = 255 / (hi - lo);
  for (let i = 0; i < values.length; i++) data[i] = Math.round((values[i]! - lo) * scale);
  return { lo, hi, data };
}
