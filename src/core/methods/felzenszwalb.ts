/**
 * Felzenszwalb and Huttenlocher, "Efficient graph-based image segmentation", IJCV 59, 2004. Results equal those of
 * scikit-image.
 */
import type { InputImage } from './network';

/** Pairs of neighbouring pixels, from the most to the least alike. */
export interface PixelGraph {
  readonly height: number;
  readonly width: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Euclidean distance of their colours. */
  readonly costs: Float64Array;
}

/**
 * Offsets of the neighbours that a pixel is paired with, in scikit-image's order. The other neighbours are paired with
 * the pixel in their turn.
 */
const NEIGHBOURS = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1],
] as const;

/**
 * The graph of 8-connected pixels of a picture, after smoothing with a Gaussian. Several segmentations can share one
 * graph.
 */
export function pixelGraph(picture: InputImage, sigma: number): PixelGraph {
  const { channels, height, width } = picture;
  const smooth = Array.from({ length: channels }, (_, c) =>
    gaussian(picture.data.subarray(c * height * width, (c + 1) * height * width), height, width, sigma),
  );
  const count = NEIGHBOURS.reduce((sum, [down, right]) => sum + (height - down) * (width - Math.abs(right)), 0);
  const [from, to, costs] = [new Uint32Array(count), new Uint32Array(count), new Float64Array(count)];
  let edge = 0;
  for (const [down, right] of NEIGHBOURS) {
    for (let i = 0; i < height - down; i++) {
      for (let j = Math.max(-right, 0); j < width - Math.max(right, 0); j++) {
        const [a, b] = [i * width + j, (i + down) * width + j + right];
        let squares = 0;
        for (const plane of smooth) squares += (plane[b]! - plane[a]!) ** 2;
        from[edge] = a;
        to[edge] = b;
        costs[edge++] = Math.sqrt(squares);
      }
    }
  }
  // Edges with equal costs keep their order.
  const order = Uint32Array.from(costs.keys()).sort((a, b) => costs[a]! - costs[b]! || a - b);
  return {
    height,
    width,
    from: order.map((at) => from[at]!),
    to: order.map((at) => to[at]!),
    costs: Float64Array.from(order, (at) => costs[at]!),
  };
}

/**
 * Segments the picture: one label for each pixel, [height, width], numbered from 0 in the order of the segments' first
 * pixels.
 *
 * @param scale 255 times the k of the threshold k / |C|; larger values give larger segments
 * @param minimum segments with fewer pixels are joined to a neighbour
 */
export function felzenszwalb(
  { from, to, costs, height, width }: PixelGraph,
  scale: number,
  minimum: number,
): Uint32Array {
  const roots = Uint32Array.from({ length: height * width }, (_, i) => i);
  const sizes = new Uint32Array(roots.length).fill(1);
  /** The largest cost within a segment: Int(C). */
  const internal = new Float64Array(roots.length);
  const rootOf = (pixel: number) => {
    let root = pixel;
    while (roots[root] !== root) root = roots[root] = roots[roots[root]!]!;
    return root;
  };
  const join = (a: number, b: number) => {
    const [root, other] = a < b ? [a, b] : [b, a];
    roots[other] = root;
    sizes[root]! += sizes[other]!;
    return root;
  };
  // Single precision, as scikit-image compares.
  const threshold = (root: number) => Math.fround(internal[root]! + scale / 255 / sizes[root]!);

  for (let e = 0; e < costs.length; e++) {
    const [a, b] = [rootOf(from[e]!), rootOf(to[e]!)];
    // Equations 3 and 4: the segments differ by less than either differs within itself.
    if (a !== b && costs[e]! < Math.min(threshold(a), threshold(b))) internal[join(a, b)] = costs[e]!;
  }
  for (let e = 0; e < costs.length; e++) {
    const [a, b] = [rootOf(from[e]!), rootOf(to[e]!)];
    if (a !== b && Math.min(sizes[a]!, sizes[b]!) < minimum) join(a, b);
  }
  const labels = new Map<number, number>();
  return roots.map((_, pixel) => {
    const root = rootOf(pixel);
    const label = labels.get(root) ?? labels.size;
    labels.set(root, label);
    return label;
  });
}

/** SciPy's gaussian_filter: cut off at 4 sigma, the border mirrored with its edge sample. */
function gaussian(plane: Float32Array, height: number, width: number, sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const taps = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  const kernel = taps.map((tap) => tap / total);
  const down = filtered(plane, kernel, height, width, width, 1);
  return filtered(down, kernel, width, height, 1, width);
}

/**
 * Filters `lines` lines of `length` samples. The samples of a line lie `step` apart, and the lines lie `apart` from one
 * another.
 */
function filtered(
  source: Float32Array | Float64Array,
  kernel: Float64Array,
  length: number,
  lines: number,
  step: number,
  apart: number,
): Float64Array {
  const result = new Float64Array(source.length);
  const radius = kernel.length >> 1;
  for (let i = 0; i < length; i++) {
    for (let tap = 0; tap < kernel.length; tap++) {
      const [at, weight] = [mirror(i + tap - radius, length) * step, kernel[tap]!];
      for (let line = 0; line < lines; line++) result[i * step + line * apart]! += weight * source[at + line * apart]!;
    }
  }
  return result;
}

function mirror(i: number, size: number): number {
  const folded = ((i % (2 * size)) + 2 * size) % (2 * size);
  return folded < size ? folded : 2 * size - 1 - folded;
}
