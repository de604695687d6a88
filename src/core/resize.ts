/** Bilinear resampling of maps. Being linear, it commutes with every weighted sum of maps. */

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

/** Bilinear resampling of a map [u, v] to [height, width], half-pixel centres. */
export function resizeMap(map: Float32Array, u: number, v: number, height: number, width: number): Float32Array {
  const columns = Array.from({ length: width }, (_, j) => tap(j, v, width));
  const out = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    const { low, high, weight } = tap(i, u, height);
    for (let j = 0; j < width; j++) {
      const column = columns[j]!;
      const top = map[low * v + column.low]! * (1 - column.weight) + map[low * v + column.high]! * column.weight;
      const bottom = map[high * v + column.low]! * (1 - column.weight) + map[high * v + column.high]! * column.weight;
      out[i * width + j] = top * (1 - weight) + bottom * weight;
    }
  }
  return out;
}
