/** Measures a map before it is stored, by the definitions of the metrics `energy` and `pointing-game`. */
import type { Region } from '../annotations/annotations';
import type { ImageTransform, Size } from '../geometry';
import { energy } from '../metrics/energy';
import type { Located } from '../metrics/metric';
import { pointingGame, pointingOptions } from '../metrics/pointing-game';
import { centreOf } from '../metrics/regions';
import { resizedMaximum } from '../resize';
import { type Frame, saliencyOf } from '../saliency';
import type { Measures } from './measures';

/** A map of one image, and where the network's input lies on that image. */
export interface MappedImage {
  readonly map: Pick<Frame, 'height' | 'width' | 'map' | 'offset' | 'signed'>;
  readonly inputSize: Size;
  readonly transform: ImageTransform;
  /** Objects of the explained class, in pixels of the image. */
  readonly regions?: readonly Region[];
}

/**
 * The maximum, the energy in objects and the hit are those of the map at the input's size, as it is shown; the border's
 * share and the spread are those of its cells. A blank map has no measures but a miss.
 */
export function measuresOf(image: MappedImage): Measures {
  const heat = heatOf(image.map);
  const total = heat.reduce((sum, value) => sum + value, 0);
  const objects = image.regions?.length ? objectMeasures(image, image.regions) : {};
  if (total === 0) return objects;
  return {
    maximum: maximumOf(image),
    border: borderShare(heat, image.map) / total,
    ...(heat.length > 1 && { spread: spreadOf(heat, total) }),
    ...objects,
  };
}

/**
 * The energy of each cell: how far it is above the smallest one after the ReLU, as the map is shown. Only what speaks
 * for the class counts in a signed map. All are 0 if the map is constant.
 */
function heatOf({ map, offset, signed }: MappedImage['map']): Float64Array {
  const heat = Float64Array.from(map, (value) => Math.max(value - offset, 0));
  if (signed) return heat;
  const least = heat.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return heat.map((value) => value - least);
}

/** The sum over the first and last rows and columns. */
function borderShare(heat: Float64Array, { width, height }: Size): number {
  return heat.reduce((sum, value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1 ? sum + value : sum;
  }, 0);
}

/** Shannon's entropy of the shares of the cells, over that of equal shares. */
function spreadOf(heat: Float64Array, total: number): number {
  const entropy = heat.reduce((sum, value) => (value > 0 ? sum - (value / total) * Math.log(value / total) : sum), 0);
  return entropy / Math.log(heat.length);
}

/** The centre of the pixel of the input, as fractions of the image. It is moved onto the image if it lies beside it. */
function maximumOf({ map, inputSize, transform }: MappedImage): readonly [x: number, y: number] {
  const index = resizedMaximum(map.map, map.height, map.width, inputSize.height, inputSize.width);
  const { x, y } = centreOf(index, inputSize.width, transform);
  const inside = (value: number) => Math.min(Math.max(value, 0), 1);
  return [inside(x / transform.image.width), inside(y / transform.image.height)];
}

function objectMeasures({ map, inputSize, transform }: MappedImage, regions: readonly Region[]): Measures {
  const saliency = saliencyOf({ ...map, inputSize });
  const located: Located = { network: { input: inputSize }, saliency, imageTransform: transform, regions };
  const { energy: share } = energy(located).scores;
  const { pointing } = pointingGame(located, { tolerance: pointingOptions.tolerance.default }).scores;
  return {
    ...(share !== undefined && { energy: share }),
    ...(pointing !== undefined && { hit: pointing === 1 }),
  };
}
