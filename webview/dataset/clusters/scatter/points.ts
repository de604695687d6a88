/**
 * Draws points as pixels, so that 100,000 of them take less than a frame of the screen. Images that are wrong are crosses
 * and lie above the others, which are dots. Pure.
 */
import type { Scatter } from '../../../../src/protocol/clusters';
import type { Rgb } from '../../classes/matrix';

export type Cloud = Pick<Scatter, 'places' | 'cluster' | 'correct'>;

/** Where the plane from 0 to 1 lies on a square, in the same unit as `side`. */
export interface Frame {
  readonly side: number;
  readonly padding: number;
}

export const toSquare = (value: number, { side, padding }: Frame): number => padding + value * (side - 2 * padding);
export const toPlane = (value: number, { side, padding }: Frame): number => (value - padding) / (side - 2 * padding);

export interface Colors {
  readonly ground: Rgb;
  /** By cluster. */
  readonly clusters: readonly Rgb[];
  /** Of images without a cluster. */
  readonly none: Rgb;
}

/** No cluster, see `Scatter`. */
const NONE = 255;
const WRONG = 0;
/** Part of a colour that is left of points in the background. */
const FADED = 0.22;

/** Radius of a dot in pixels of CSS, for so many points at most. */
const RADII = [
  [300, 4],
  [2_000, 3],
  [20_000, 2],
  [Number.POSITIVE_INFINITY, 1.25],
] as const;

export const radiusOf = (count: number): number => RADII.find(([most]) => count <= most)![1];

/**
 * @param frame in pixels of the screen
 * @param ratio pixels of the screen for one of CSS
 * @param marked clusters that stand out; the others are in the background. Without any, all are the same
 * @returns RGBA of side x side
 */
export function drawPoints(
  { places, cluster, correct }: Cloud,
  frame: Frame,
  ratio: number,
  { ground, clusters, none }: Colors,
  marked: ReadonlySet<number>,
): Uint8ClampedArray<ArrayBuffer> {
  const { side } = frame;
  const pixels = new Uint8ClampedArray(4 * side * side);
  new Uint32Array(pixels.buffer).fill(packed(ground));
  const radius = radiusOf(cluster.length) * ratio;
  const [dot, cross] = [dotOf(radius), crossOf(radius + ratio)];
  const colorOf = (k: number) => (k === NONE ? none : (clusters[k % clusters.length] ?? none));
  const mixed = (color: Rgb): Rgb => color.map((c, i) => FADED * c + (1 - FADED) * ground[i]!) as unknown as Rgb;
  const isMarked = (k: number) => marked.size === 0 || marked.has(k);
  // What comes later lies above.
  for (const stands of [false, true]) {
    for (const wrong of [false, true]) {
      const stamp = wrong ? cross : dot;
      const colors = Array.from({ length: 256 }, (_, k) => (stands ? colorOf(k) : mixed(colorOf(k))));
      for (let i = 0; i < cluster.length; i++) {
        const k = cluster[i]!;
        if ((correct[i] === WRONG) !== wrong || isMarked(k) !== stands) continue;
        press(
          pixels,
          side,
          toSquare(places[2 * i]!, frame),
          toSquare(places[2 * i + 1]!, frame),
          stamp,
          colors[k]!,
        );
      }
    }
  }
  return pixels;
}

/** The pixel's colour as the number that a view of four bytes has; all machines that browsers run on are little-endian. */
const packed = ([red, green, blue]: Rgb) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** How much of each pixel of a square a shape covers, in 0 to 255. */
interface Stamp {
  readonly size: number;
  readonly coverage: Uint8Array;
}

const SAMPLES = 4;

/** @param covers whether the shape covers a place, seen from its middle */
function stampOf(reach: number, covers: (x: number, y: number) => boolean): Stamp {
  const size = 2 * Math.ceil(reach) + 1;
  const coverage = new Uint8Array(size * size);
  for (let at = 0; at < coverage.length; at++) {
    let inside = 0;
    for (let s = 0; s < SAMPLES * SAMPLES; s++) {
      const x = (at % size) + ((s % SAMPLES) + 0.5) / SAMPLES - size / 2;
      const y = Math.floor(at / size) + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES - size / 2;
      if (covers(x, y)) inside += 1;
    }
    coverage[at] = Math.round((255 * inside) / (SAMPLES * SAMPLES));
  }
  return { size, coverage };
}

const dotOf = (radius: number) => stampOf(radius, (x, y) => Math.hypot(x, y) <= radius);

/** Two bars along the diagonals. */
function crossOf(reach: number): Stamp {
  const half = Math.max(reach / 4, 0.6);
  return stampOf(reach, (x, y) => {
    const [along, across] = [Math.abs(x + y) / Math.SQRT2, Math.abs(x - y) / Math.SQRT2];
    return Math.min(along, across) <= half && Math.max(along, across) <= reach * 1.2;
  });
}

function press(
  pixels: Uint8ClampedArray,
  side: number,
  x: number,
  y: number,
  { size, coverage }: Stamp,
  [red, green, blue]: Rgb,
): void {
  const half = (size - 1) / 2;
  const [left, top] = [Math.floor(x) - half, Math.floor(y) - half];
  for (let r = 0; r < size; r++) {
    const row = top + r;
    if (row < 0 || row >= side) continue;
    for (let c = 0; c < size; c++) {
      const column = left + c;
      const alpha = coverage[r * size + c]!;
      if (alpha === 0 || column < 0 || column >= side) continue;
      const at = 4 * (row * side + column);
      const rest = 255 - alpha;
      pixels[at] = (red * alpha + pixels[at]! * rest) / 255;
      pixels[at + 1] = (green * alpha + pixels[at + 1]! * rest) / 255;
      pixels[at + 2] = (blue * alpha + pixels[at + 2]! * rest) / 255;
    }
  }
}
