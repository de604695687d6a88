/** Cells of a map, and which of them are hot. */

/** Cells of the network's input, in rows: 1 for those that are chosen, else 0. */
export interface Cells {
  readonly height: number;
  readonly width: number;
  readonly chosen: Uint8Array;
}

/** The mean of the maps, each divided by its sum; [height, width]. Blank maps don't count. */
export function meanShare(maps: readonly ArrayLike<number>[], cells: number): Float64Array {
  const mean = new Float64Array(cells);
  let counted = 0;
  for (const map of maps) {
    let total = 0;
    for (let i = 0; i < cells; i++) total += Math.max(map[i]!, 0);
    if (total === 0) continue;
    counted += 1;
    for (let i = 0; i < cells; i++) mean[i]! += Math.max(map[i]!, 0) / total;
  }
  return counted === 0 ? mean : mean.map((value) => value / counted);
}

/** The cells where the mean is at least half of its maximum; none if it is blank. */
export function hotCells(mean: Float64Array, height: number, width: number): Cells {
  const most = mean.reduce((a, b) => Math.max(a, b), 0);
  return { height, width, chosen: Uint8Array.from(mean, (value) => (most > 0 && value >= most / 2 ? 1 : 0)) };
}

/** The cells with those beside, above and below them: a mark may reach beyond the cells where the heat is highest. */
export function grown({ height, width, chosen }: Cells): Cells {
  const isChosen = (y: number, x: number) => x >= 0 && x < width && chosen[y * width + x] === 1;
  return {
    height,
    width,
    chosen: chosen.map((_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      return [isChosen(y, x), isChosen(y, x - 1), isChosen(y, x + 1), isChosen(y - 1, x), isChosen(y + 1, x)].includes(
        true,
      )
        ? 1
        : 0;
    }),
  };
}

/** Share of the mean in the outermost rows and columns. */
export function borderShare(mean: Float64Array, height: number, width: number): number {
  let [outer, total] = [0, 0];
  mean.forEach((value, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    total += value;
    if (y === 0 || x === 0 || y === height - 1 || x === width - 1) outer += value;
  });
  return total === 0 ? 0 : outer / total;
}

/** Half of the sum of differences of two distributions over the cells: the share of the heat that lies elsewhere, 0 to 1. */
export function shareMoved(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / 2;
}
