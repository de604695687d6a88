/** Felzenszwalb and Huttenlocher, "Efficient graph-based image segmentation", IJCV 59, 2004; as scikit-image has it. */
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

/** Where the neighbours lie that a pixel is paired with, in scikit-image's order; the others are paired with it. */
const NEIGHBOURS = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1],
] as const;

/** The graph of 8-connected pixels of a picture smoothed with a Gaussian. Several segmentations can be made of one. */
export function pixelGraph(picture: InputImage, sigma: number): PixelGraph {
  const { channels, height, width } = picture;
  const smooth = Array.from({ length: channels }, (_, c) =>
    gaussian(picture.data.subarray(c * height * width, (c + 1) * height * width), height, width, sigma),
  );
  const edges: { from: number; to: number; cost: number }[] = [];
  for (const [down, right] of NEIGHBOURS) {
    for (let i = 0; i < height - down; i++) {
      for (let j = Math.max(-right, 0); j < width - Math.max(right, 0); j++) {
        const [from, to] = [i * width + j, (i + down) * width + j + right];
        const cost = Math.sqrt(smooth.reduce((sum, plane) => sum + (plane[to]! - plane[from]!) ** 2, 0));
        edges.push({ from, to, cost });
      }
    }
  }
  edges.sort((a, b) => a.cost - b.cost);
  return {
    height,
    width,
    from: Uint32Array.from(edges, (edge) => edge.from),
    to: Uint32Array.from(edges, (edge) => edge.to),
    costs: Float64Array.from(edges, (edge) => edge.cost),
  };
}

/**
 * A label for each pixel, [height, width], numbered from 0 in the order of the segments' first pixels.
 *
 * @param scale k of the threshold k / |C|, over 255: the larger, the larger the segments
 * @param minimum segments of fewer pixels are joined to a neighbour
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
  const filter = (source: ArrayLike<number>, at: (along: number) => number, along: number, size: number) =>
    taps.reduce((sum, tap, i) => sum + (tap / total) * source[at(mirror(along + i - radius, size))]!, 0);
  const down = Float64Array.from(plane, (_, p) =>
    filter(plane, (i) => i * width + (p % width), Math.floor(p / width), height),
  );
  return down.map((_, p) => filter(down, (j) => p - (p % width) + j, p % width, width));
}

function mirror(i: number, size: number): number {
  const folded = ((i % (2 * size)) + 2 * size) % (2 * size);
  return folded < size ? folded : 2 * size - 1 - folded;
}
