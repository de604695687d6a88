/** Overlapping regions of a picture, and their ranking by XRAI (arXiv 1906.02825, algorithm 1). */
import { felzenszwalb, pixelGraph } from './felzenszwalb';
import type { InputImage } from './network';

/** The authors' settings, with sizes for a picture of 224 x 224 pixels. */
const SCALES = [50, 100, 150, 250, 500, 1200];
const SIGMA = 0.8;
const LEAST_SEGMENT = 150;
const LEAST_GAIN = 50;
const DILATION = 5;
const SIDE = 224;

/** Indices of the pixels of a region. */
export type Region = Uint32Array;

/** Segments at several scales, each dilated by a few pixels. Colours are scaled to [-1, 1] first. */
export function regionsOf(picture: InputImage): Region[] {
  const { data, height, width } = picture;
  const [least, most] = [data.reduce((a, b) => Math.min(a, b)), data.reduce((a, b) => Math.max(a, b))];
  const scaled = data.map((value) => (most > least ? (2 * (value - least)) / (most - least) - 1 : 0));
  const graph = pixelGraph({ ...picture, data: scaled }, SIGMA);
  const area = areaOf(height, width);
  const radius = Math.round(DILATION * Math.sqrt(area));
  return SCALES.flatMap((scale) => {
    const labels = felzenszwalb(graph, scale * area, Math.max(1, Math.round(LEAST_SEGMENT * area)));
    return dilated(labels, height, width, radius);
  });
}

/** The picture's area, relative to that of the picture the settings are for. */
function areaOf(height: number, width: number): number {
  return (height * width) / SIDE ** 2;
}

/** Every segment, with the pixels within `radius` of it. */
export function dilated(labels: Uint32Array, height: number, width: number, radius: number): Region[] {
  const steps = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const disk = steps
    .flatMap((di) => steps.map((dj) => ({ di, dj })))
    .filter(({ di, dj }) => di ** 2 + dj ** 2 <= radius ** 2);
  const members = Array.from({ length: labels.reduce((a, b) => Math.max(a, b), -1) + 1 }, (): number[] => []);
  labels.forEach((label, pixel) => {
    members[label]!.push(pixel);
  });
  /** The last segment that took a pixel. */
  const taken = new Int32Array(labels.length).fill(-1);
  return members.map((pixels, label) => {
    const region: number[] = [];
    for (const pixel of pixels) {
      const [i, j] = [Math.floor(pixel / width), pixel % width];
      // A pixel inside its segment adds only itself: what lies around it is in the segment, or near a pixel at the
      // segment's edge.
      for (const { di, dj } of isInside(labels, i, j, height, width) ? ITSELF : disk) {
        const at = pixel + di * width + dj;
        const inside = i + di >= 0 && i + di < height && j + dj >= 0 && j + dj < width;
        if (!inside || taken[at] === label) continue;
        taken[at] = label;
        region.push(at);
      }
    }
    return Uint32Array.from(region);
  });
}

const ITSELF = [{ di: 0, dj: 0 }];

/** True if all four neighbours are of the same segment. */
function isInside(labels: Uint32Array, i: number, j: number, height: number, width: number): boolean {
  if (i === 0 || j === 0 || i === height - 1 || j === width - 1) return false;
  const at = i * width + j;
  const label = labels[at];
  return (
    labels[at - width] === label && labels[at - 1] === label && labels[at + 1] === label && labels[at + width] === label
  );
}

/**
 * Adds regions one by one, always the region whose pixels that are not covered yet have the highest mean attribution.
 * That mean becomes the value of these pixels. `fast` orders the regions only once, by the mean over the whole region.
 * Regions that add too few pixels are left out, and the pixels that remain get the mean over all of them.
 *
 * @param attributions [height, width]
 */
export function rankRegions(
  regions: readonly Region[],
  attributions: Float32Array,
  order: 'full' | 'fast',
  leastGain: number,
): Float32Array {
  const map = new Float32Array(attributions.length);
  const covered = new Uint8Array(attributions.length);
  const counts = Float64Array.from(regions, ({ length }) => length);
  const sums = Float64Array.from(regions, (region) => region.reduce((sum, at) => sum + attributions[at]!, 0));
  const { starts, owners } = ownersOf(regions, attributions.length);

  const cover = (pixels: Iterable<number>, value: number) => {
    for (const at of pixels) {
      if (covered[at]) continue;
      covered[at] = 1;
      map[at] = value;
      for (let i = starts[at]!; i < starts[at + 1]!; i++) {
        const r = owners[i]!;
        counts[r]! -= 1;
        sums[r]! -= attributions[at]!;
      }
    }
  };
  const mean = (r: number) => sums[r]! / counts[r]!;
  const first = Float64Array.from(regions, (_, r) => mean(r));
  const worth = order === 'full' ? mean : (r: number) => first[r]!;

  const left = new Set(regions.keys());
  while (left.size > 0) {
    let best: number | undefined;
    for (const r of left) {
      if (counts[r]! < leastGain) left.delete(r);
      else if (best === undefined || worth(r) > worth(best)) best = r;
    }
    if (best === undefined) break;
    left.delete(best);
    cover(regions[best]!, mean(best));
  }
  const rest = [...covered.keys()].filter((at) => !covered[at]);
  cover(rest, rest.reduce((sum, at) => sum + attributions[at]!, 0) / rest.length);
  return map;
}

/**
 * The regions that contain each pixel: those of pixel i are `owners[starts[i]]` up to `owners[starts[i + 1]]`,
 * exclusively.
 */
function ownersOf(regions: readonly Region[], pixels: number) {
  const starts = new Uint32Array(pixels + 1);
  for (const region of regions) for (const at of region) starts[at + 1]! += 1;
  for (let at = 0; at < pixels; at++) starts[at + 1]! += starts[at]!;
  const owners = new Uint32Array(starts[pixels]!);
  const next = starts.slice();
  regions.forEach((region, r) => {
    for (const at of region) owners[next[at]!++] = r;
  });
  return { starts, owners };
}

/** The number of new pixels below which a region is left out. */
export function leastGainFor(height: number, width: number): number {
  return Math.max(1, Math.round(LEAST_GAIN * areaOf(height, width)));
}
