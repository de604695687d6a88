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
  [Number.POSITIVE_INFINITY, 0.9],
] as const;

/** From so many points on, pixels are covered or not: smooth edges of small points are not seen, and take time. */
const SHARP_FROM = 20_000;

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
  const edge = cluster.length >= SHARP_FROM ? sharp : smooth;
  const dot = presser(pixels, side, edge(dotOf(radius)));
  const cross = presser(pixels, side, edge(crossOf(radius + ratio)));
  const [least, scale] = [toSquare(0, frame), toSquare(1, frame) - toSquare(0, frame)];
  const colorOf = (k: number) => (k === NONE ? none : (clusters[k % clusters.length] ?? none));
  const mixed = (color: Rgb): Rgb => color.map((c, i) => FADED * c + (1 - FADED) * ground[i]!) as unknown as Rgb;
  const standing = Uint8Array.from({ length: 256 }, (_, k) => Number(marked.size === 0 || marked.has(k)));
  // What comes later lies above.
  for (const stands of marked.size === 0 ? [1] : [0, 1]) {
    for (const wrong of [false, true]) {
      const press = wrong ? cross : dot;
      const colors = Array.from({ length: 256 }, (_, k) => (stands === 1 ? colorOf(k) : mixed(colorOf(k))));
      const colorsPacked = colors.map(packed);
      for (let i = 0; i < cluster.length; i++) {
        const k = cluster[i]!;
        if ((correct[i] === WRONG) !== wrong || standing[k] !== stands) continue;
        press(least + scale * places[2 * i]!, least + scale * places[2 * i + 1]!, colors[k]!, colorsPacked[k]!);
      }
    }
  }
  return pixels;
}

/** The pixel's colour as the number that a view of four bytes has; all machines that browsers run on are little-endian. */
const packed = ([red, green, blue]: Rgb) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** A shape as the pixels that it covers, seen from the pixel in its middle. */
interface Stamp {
  readonly reach: number;
  /** Distances from the middle, in pixels. */
  readonly across: Int8Array;
  readonly down: Int8Array;
  /** How much of a pixel is covered, from 1 to 255. */
  readonly coverage: Uint8Array;
}

const SAMPLES = 4;

/** @param covers whether the shape covers a place, seen from its middle */
function stampOf(extent: number, covers: (x: number, y: number) => boolean): Stamp {
  const reach = Math.ceil(extent);
  const size = 2 * reach + 1;
  const found: [number, number, number][] = [];
  for (let at = 0; at < size * size; at++) {
    const [across, down] = [(at % size) - reach, Math.floor(at / size) - reach];
    let inside = 0;
    for (let s = 0; s < SAMPLES * SAMPLES; s++) {
      const x = across - 0.5 + ((s % SAMPLES) + 0.5) / SAMPLES;
      const y = down - 0.5 + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES;
      if (covers(x, y)) inside += 1;
    }
    if (inside > 0) found.push([across, down, Math.round((255 * inside) / (SAMPLES * SAMPLES))]);
  }
  return {
    reach,
    across: Int8Array.from(found, ([across]) => across),
    down: Int8Array.from(found, ([, down]) => down),
    coverage: Uint8Array.from(found, ([, , coverage]) => coverage),
  };
}

const smooth = (stamp: Stamp) => stamp;

function sharp({ reach, across, down, coverage }: Stamp): Stamp {
  const isCovered = (_: number, i: number) => coverage[i]! >= 128;
  const [columns, rows] = [across.filter(isCovered), down.filter(isCovered)];
  return { reach, across: columns, down: rows, coverage: new Uint8Array(columns.length).fill(255) };
}

const dotOf = (radius: number) => stampOf(radius, (x, y) => Math.hypot(x, y) <= radius);

/** Two bars along the diagonals. */
function crossOf(extent: number): Stamp {
  const half = Math.max(extent / 4, 0.6);
  return stampOf(extent, (x, y) => {
    const [along, across] = [Math.abs(x + y) / Math.SQRT2, Math.abs(x - y) / Math.SQRT2];
    return Math.min(along, across) <= half && Math.max(along, across) <= extent * 1.2;
  });
}

/** @returns a function that sets the stamp on a place, in a colour */
function presser(pixels: Uint8ClampedArray<ArrayBuffer>, side: number, { reach, across, down, coverage }: Stamp) {
  const whole = new Uint32Array(pixels.buffer);
  const offsets = Int32Array.from(across, (dx, i) => down[i]! * side + dx);
  return (x: number, y: number, color: Rgb, colorPacked: number): void => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const isInside = column >= reach && row >= reach && column < side - reach && row < side - reach;
    const middle = row * side + column;
    for (let i = 0; i < offsets.length; i++) {
      if (!isInside && (column + across[i]! < 0 || column + across[i]! >= side)) continue;
      const at = middle + offsets[i]!;
      if (at < 0 || at >= whole.length) continue;
      const alpha = coverage[i]!;
      if (alpha === 255) {
        whole[at] = colorPacked;
        continue;
      }
      const rest = 255 - alpha;
      const byte = 4 * at;
      pixels[byte] = (color[0] * alpha + pixels[byte]! * rest) / 255;
      pixels[byte + 1] = (color[1] * alpha + pixels[byte + 1]! * rest) / 255;
      pixels[byte + 2] = (color[2] * alpha + pixels[byte + 2]! * rest) / 255;
    }
  };
}
