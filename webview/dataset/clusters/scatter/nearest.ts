/** Finds the point under the pointer among many. Pure. */

/** Cells of the grid that the points are sorted into, in each direction. */
const CELLS = 64;

const cellOf = (value: number) => Math.min(Math.max(Math.floor(value * CELLS), 0), CELLS - 1);

/**
 * @param places [count, 2] in 0 to 1
 * @returns a function that finds the index of the nearest point within a radius; undefined if there is none
 */
export function createNearest(places: Float32Array): (x: number, y: number, radius: number) => number | undefined {
  const count = places.length / 2;
  const starts = new Uint32Array(CELLS * CELLS + 1);
  const cells = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const cell = cellOf(places[2 * i + 1]!) * CELLS + cellOf(places[2 * i]!);
    cells[i] = cell;
    starts[cell + 1]! += 1;
  }
  for (let cell = 0; cell < CELLS * CELLS; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const sorted = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const cell = cells[i]!;
    sorted[next[cell]!] = i;
    next[cell]! += 1;
  }
  return (x, y, radius) => {
    let nearest: number | undefined;
    let least = radius * radius;
    for (let row = cellOf(y - radius); row <= cellOf(y + radius); row++) {
      for (let column = cellOf(x - radius); column <= cellOf(x + radius); column++) {
        const cell = row * CELLS + column;
        for (let at = starts[cell]!; at < starts[cell + 1]!; at++) {
          const i = sorted[at]!;
          const distance = (places[2 * i]! - x) ** 2 + (places[2 * i + 1]! - y) ** 2;
          if (distance <= least) {
            least = distance;
            nearest = i;
          }
        }
      }
    }
    return nearest;
  };
}
