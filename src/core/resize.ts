/** Bilinear resampling of maps. It is linear, so it commutes with weighted sums of maps. */

/**
 * The matrix that resamples `from` samples to `to` by linear interpolation with half-pixel centres (as PyTorch's
 * `align_corners=False`), clamped at the borders. Row-major, [to, from].
 */
export function bilinearMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const { low, high, weight } = tap(i, from, to);
    matrix[i * from + low]! += 1 - weight;
    matrix[i * from + high]! += weight;
  }
  return matrix;
}

function tap(i: number, from: number, to: number) {
  const position = Math.max(((i + 0.5) * from) / to - 0.5, 0);
  const low = Math.min(Math.floor(position), from - 1);
  return { low, high: Math.min(low + 1, from - 1), weight: position - low };
}

/** Where the new samples lie among the old ones, from 0 to `from` - 1. */
export function positions(from: number, to: number): number[] {
  return Array.from({ length: to }, (_, i) => positionOf(tap(i, from, to)));
}

/** The same of the outermost new samples between each two old ones, at which the bounds of a resampled map lie. */
export function outermostPositions(from: number, to: number): number[] {
  return outermost(from, to).map(positionOf);
}

const positionOf = ({ low, high, weight }: Tap) => (low === high ? low : low + weight);

/**
 * Bounds of a map [fromHeight, fromWidth] after resampling to [height, width], without resampling all of it. Between four samples the
 * interpolation is bilinear, so the extremes lie at the outermost pixels there.
 */
export function resizedBounds(map: Float32Array, fromHeight: number, fromWidth: number, height: number, width: number) {
  const rows = outermost(fromHeight, height);
  const columns = outermost(fromWidth, width);
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (const column of columns) {
      const value = interpolate(map, fromWidth, row, column);
      lo = Math.min(lo, value);
      hi = Math.max(hi, value);
    }
  }
  return { lo, hi };
}

/** Index of the first maximum of a resampled map, found in the same way. */
export function resizedMaximum(
  map: Float32Array,
  fromHeight: number,
  fromWidth: number,
  height: number,
  width: number,
): number {
  const columns = outermost(fromWidth, width);
  let best = Number.NEGATIVE_INFINITY;
  let found = 0;
  for (const row of outermost(fromHeight, height)) {
    for (const column of columns) {
      const value = Math.fround(interpolate(map, fromWidth, row, column));
      if (!(value > best)) continue;
      best = value;
      found = row.index * width + column.index;
    }
  }
  return found;
}

/** The first and the last of the pixels that lie between the same two samples. */
function outermost(from: number, to: number) {
  const taps = Array.from({ length: to }, (_, index) => ({ index, ...tap(index, from, to) }));
  return taps.filter((t, i) => t.low !== taps[i - 1]?.low || t.low !== taps[i + 1]?.low);
}

type Tap = Omit<ReturnType<typeof outermost>[number], 'index'>;

function interpolate(map: Float32Array, width: number, row: Tap, column: Tap): number {
  const top =
    map[row.low * width + column.low]! * (1 - column.weight) + map[row.low * width + column.high]! * column.weight;
  const bottom =
    map[row.high * width + column.low]! * (1 - column.weight) + map[row.high * width + column.high]! * column.weight;
  return top * (1 - row.weight) + bottom * row.weight;
}

/**
 * Bilinear resampling of a map [fromHeight, fromWidth] to [height, width], with half-pixel centres. The loop avoids calls and objects
 * for each pixel, since a page calls this too seldom for the JavaScript engine to optimise them away.
 */
export function resizeMap(
  map: Float32Array,
  fromHeight: number,
  fromWidth: number,
  height: number,
  width: number,
): Float32Array {
  const low = new Int32Array(width);
  const high = new Int32Array(width);
  const weight = new Float64Array(width);
  for (let j = 0; j < width; j++) {
    const column = tap(j, fromWidth, width);
    low[j] = column.low;
    high[j] = column.high;
    weight[j] = column.weight;
  }
  const out = new Float32Array(height * width);
  for (let i = 0, at = 0; i < height; i++) {
    const row = tap(i, fromHeight, height);
    const top = row.low * fromWidth;
    const bottom = row.high * fromWidth;
    const down = row.weight;
    const up = 1 - down;
    for (let j = 0; j < width; j++, at++) {
      const left = low[j]!;
      const right = high[j]!;
      const across = weight[j]!;
      const upper = map[top + left]! * (1 - across) + map[top + right]! * across;
      const lower = map[bottom + left]! * (1 - across) + map[bottom + right]! * across;
      out[at] = upper * up + lower * down;
    }
  }
  return out;
}
