/** Maps as points whose distances are those of clusters. */

export interface MapSet {
  readonly height: number;
  readonly width: number;
  /** Of the layer's size, all by one method, each [height, width]. Any scale; negative values count as 0. */
  readonly maps: readonly ArrayLike<number>[];
  /** Mean activations of the same images, each [K]. */
  readonly embeddings?: readonly ArrayLike<number>[];
}

export interface Points {
  readonly count: number;
  readonly dimensions: number;
  /** [count, dimensions] */
  readonly data: Float32Array;
}

/**
 * Square roots of each map's shares of heat, so that squared distances are Hellinger's (times 2), beside the embedding of
 * length `weight`. Both parts lie on spheres, and neither depends on how strong a map or an activation is. A blank map is 0.
 */
export function pointsOf({ height, width, maps, embeddings }: MapSet, weight: number): Points {
  const cells = height * width;
  const extra = weight > 0 && embeddings?.[0] ? embeddings[0].length : 0;
  const dimensions = cells + extra;
  const data = new Float32Array(maps.length * dimensions);
  maps.forEach((map, n) => {
    const at = n * dimensions;
    let total = 0;
    for (let i = 0; i < cells; i++) total += Math.max(map[i]!, 0);
    if (total > 0) for (let i = 0; i < cells; i++) data[at + i] = Math.sqrt(Math.max(map[i]!, 0) / total);
    const embedding = embeddings?.[n];
    if (extra === 0 || !embedding) return;
    let squares = 0;
    for (let i = 0; i < extra; i++) squares += embedding[i]! ** 2;
    if (squares > 0)
      for (let i = 0; i < extra; i++) data[at + cells + i] = (weight * embedding[i]!) / Math.sqrt(squares);
  });
  return { count: maps.length, dimensions, data };
}

export function squaredDistance(
  a: Float32Array,
  i: number,
  b: Float32Array | Float64Array,
  j: number,
  dimensions: number,
) {
  let sum = 0;
  for (let d = 0, p = i * dimensions, q = j * dimensions; d < dimensions; d++, p++, q++) sum += (a[p]! - b[q]!) ** 2;
  return sum;
}
