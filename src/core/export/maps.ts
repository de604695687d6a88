/**
 * Equations 1 to 4 of Group-CAM (arXiv 2103.13859) and the maps of Grad-CAM, HiResCAM and LayerCAM as nodes, for N images
 * at once. A map is [N, maps, height * width], in the pixels of the layer, and float32 where nothing else is said.
 * Sizes are written out where they are known: with -1 for one of them, no image at all (N = 0) would be refused, or worse.
 */
import { cast } from '../cam/graph';
import type { Size } from '../geometry';
import type { LayerInfo } from '../model/info';
import type { Emitter } from '../onnx/emit';
import { largest, pad, reduce, reduceSum, reshape, slice, transpose } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import { outermostPositions, positions } from '../resize';
import { ROUNDING } from '../saliency';

/**
 * The type in which channels are summed and masks are normalised. TypeScript computes in float64. A graph that does so too makes the
 * engine's masks bit by bit; in float32 the masks differ by rounding, which a deep network can enlarge a thousand times. Most graphics
 * cards' runtimes have no float64.
 */
export type Sums = DataType.FLOAT | DataType.DOUBLE;

const widened = (e: Emitter, x: string, sums: Sums) => cast(e, x, DataType.FLOAT, sums);
const rounded = (e: Emitter, x: string, sums: Sums) => cast(e, x, sums, DataType.FLOAT);

/** The layer's tensor, or its gradient, as [N, K, height * width]. */
export function channelMaps(e: Emitter, tensor: string, layer: LayerInfo): string {
  const { arrangement, channels, height, width, skip } = layer;
  const pixels = height * width;
  if (arrangement === 'NCHW') return reshape(e, tensor, [0, channels, pixels]);
  if (arrangement === 'NHWC') return reshape(e, transpose(e, tensor, [0, 3, 1, 2]), [0, channels, pixels]);
  return transpose(e, slice(e, tensor, [skip], [skip + pixels], [1]), [0, 2, 1]);
}

const relu = (e: Emitter, x: string) => e.op('Relu', [x]);

/** ReLU(sum over k of w_k A^k), w_k the mean of the gradient over the pixels. */
function gradCam(e: Emitter, activations: string, gradient: string): string {
  const weights = transpose(e, reduce(e, 'ReduceMean', gradient, [2]), [0, 2, 1]);
  return relu(e, e.op('MatMul', [weights, activations]));
}

/** ReLU(sum over k of g^k A^k), element by element. */
function hiResCam(e: Emitter, activations: string, gradient: string): string {
  return relu(e, reduceSum(e, e.op('Mul', [gradient, activations]), [1]));
}

/** The same with positive gradients only. */
function layerCam(e: Emitter, activations: string, gradient: string): string {
  return hiResCam(e, activations, relu(e, gradient));
}

const PLAIN_MAPS = { 'grad-cam': gradCam, 'hires-cam': hiResCam, 'layer-cam': layerCam } as const;

/** Methods whose map is made of the layer and its gradient alone. */
export type PlainMethod = keyof typeof PLAIN_MAPS;

export const isPlain = (method: string): method is PlainMethod => Object.hasOwn(PLAIN_MAPS, method);

/** [N, 1, pixels] */
export function plainMap(e: Emitter, method: PlainMethod, activations: string, gradient: string, sums: Sums): string {
  return rounded(e, PLAIN_MAPS[method](e, widened(e, activations, sums), widened(e, gradient, sums)), sums);
}

/**
 * Equation 2: M_l = ReLU(sum over the group's channels of w_k A^k), in groups of ceil(K / G) channels. Channels of zeros
 * fill the last group.
 *
 * @param gradient with respect to the activations; without it every channel has weight 1
 * @returns [N, groups, pixels]
 */
export function groupMasks(
  e: Emitter,
  activations: string,
  gradient: string | undefined,
  { channels, height, width }: LayerInfo,
  groups: number,
  sums: Sums,
): string {
  const size = Math.ceil(channels / groups);
  const count = Math.ceil(channels / size);
  const missing = count * size - channels;
  const filled = (x: string) => widened(e, missing === 0 ? x : pad(e, x, [0, 0, 0, 0, missing, 0]), sums);
  const maps = reshape(e, filled(activations), [0, count, size, height * width]);
  if (gradient === undefined) return rounded(e, relu(e, reduceSum(e, maps, [2], false)), sums);
  const weights = reshape(e, reduce(e, 'ReduceMean', filled(gradient), [2]), [0, count, 1, size]);
  const sum = reshape(e, e.op('MatMul', [weights, maps]), [0, count, height * width]);
  return rounded(e, relu(e, sum), sums);
}

/**
 * Equation 3: values not greater than the map's theta-th percentile become 0. The percentile lies between two neighbours in
 * the order of the values, or is one of them, so that exactly the values above the lower neighbour remain, however it
 * is interpolated.
 *
 * @param masks [N, count, pixels]
 */
export function denoised(e: Emitter, masks: string, count: number, pixels: number, theta: number): string {
  const rank = Math.floor((theta / 100) * (pixels - 1));
  // onnxruntime's TopK ends the process by a division if it gets no row, as for N = 0, so it always gets one more.
  const rows = pad(e, reshape(e, masks, [-1, pixels]), [0, 0, 1, 0]);
  const limits = slice(e, largest(e, rows, pixels - rank), [-1], [pixels], [1]);
  const limit = reshape(e, slice(e, limits, [0], [-1], [0]), [-1, count, 1]);
  return e.op('Mul', [masks, number(e, e.op('Greater', [masks, limit]))]);
}

/** Brings maps to the size of the result, [-1, height, width]: each map of each image. */
export type Upsampling = (maps: string) => string;

/** Bilinear upsampling to the input's size, in float32. */
export function upsampling(e: Emitter, layer: LayerInfo, size: Size, sums: Sums): Upsampling {
  const to = { rows: positions(layer.height, size.height), columns: positions(layer.width, size.width) };
  return resampling(e, layer, to, sums, DataType.FLOAT);
}

/**
 * Bilinear resampling at the given positions by two matrix products, which are the same in every operator set and on every device.
 * No product is repeated for each map, since onnxruntime repeats none for no image at all: in the first one the maps are columns.
 */
function resampling(
  e: Emitter,
  { height, width }: Size,
  to: { readonly rows: readonly number[]; readonly columns: readonly number[] },
  sums: Sums,
  type: Sums,
): Upsampling {
  const by = (at: readonly number[], from: number) => cast(e, matrix(e, at, from, sums), sums, type);
  const columns = by(to.columns, width);
  // A layer can be square where the input is not: as many positions may then lie elsewhere.
  const isSame = height === width && String(to.rows) === String(to.columns);
  const rows = transpose(e, isSame ? columns : by(to.rows, height), [1, 0]);
  const turned = (maps: string) => transpose(e, maps, [2, 1, 0]);
  return (maps) => {
    const high = e.op('MatMul', [rows, turned(reshape(e, maps, [-1, height, width]))]);
    return e.op('MatMul', [turned(high), columns]);
  };
}

/**
 * The matrix that interpolates samples at positions among them, [from, positions]: 1 - |position - j| where that is positive. The
 * positions take a few bytes of the file, and the runtime computes the matrix when it loads the model. Rows and columns share
 * them if input and layer are square.
 */
export function matrix(e: Emitter, at: readonly number[], from: number, type: Sums): string {
  const samples = reshape(e, list(e, [...Array(from).keys()], type), [-1, 1]);
  const distance = e.op('Abs', [e.op('Sub', [list(e, at, type), samples])]);
  return relu(e, e.op('Sub', [e.scalar(1, type), distance]));
}

/** Numbers [n] in a type. Of those that a power of two makes integers, the file holds these, in a byte or two each. */
function list(e: Emitter, values: readonly number[], type: Sums): string {
  const stored = (as: DataType, numbers: readonly number[]) =>
    cast(e, e.constant(as, [numbers.length], numbers), as, type);
  const scale = SCALES.find((power) => values.every((value) => Number.isInteger(value * power)));
  if (scale === undefined)
    return stored(values.every((value) => Math.fround(value) === value) ? DataType.FLOAT : type, values);
  const numbers = values.map((value) => value * scale);
  const integers = stored(
    numbers.every((value) => value >= 0 && value < 256) ? DataType.UINT8 : DataType.INT32,
    numbers,
  );
  return scale === 1 ? integers : e.op('Div', [integers, e.scalar(scale, type)]);
}

const SCALES = Array.from({ length: 11 }, (_, power) => 2 ** power);

/** 1 where a condition holds, else 0. */
export function number(e: Emitter, condition: string, type: Sums = DataType.FLOAT): string {
  return cast(e, condition, DataType.BOOL, type);
}

export interface Normalised {
  /** M'_l within [0, 1], upsampled: [N count, H, W], float32; zeros for a constant mask. */
  readonly upsampled: string;
  /** The same in the layer's pixels, [N, count, pixels], in the type of sums. */
  readonly small: string;
}

/**
 * Equation 4: min-max, by the bounds of the upsampled mask, which lie at its outermost pixels between four samples.
 *
 * @param canBeConstant whether there may be constant masks of other values than 0. Rounding may give them different bounds, so
 *   the small ones decide
 */
export function normalised(
  e: Emitter,
  masks: string,
  count: number,
  upsample: Upsampling,
  {
    layer,
    size,
    sums,
    canBeConstant,
  }: { readonly layer: LayerInfo; readonly size: Size; readonly sums: Sums; readonly canBeConstant: boolean },
): Normalised {
  const rows = outermostPositions(layer.height, size.height);
  const columns = outermostPositions(layer.width, size.width);
  const wide = widened(e, masks, sums);
  const outer = resampling(e, layer, { rows, columns }, sums, sums)(wide);
  const ends = reshape(e, outer, [-1, count, rows.length * columns.length]);
  const low = reduce(e, 'ReduceMin', ends, [2]);
  const range = divisor(e, e.op('Sub', [reduce(e, 'ReduceMax', ends, [2]), low]), sums);
  const scaled = e.op('Div', [e.op('Sub', [wide, low]), range]);
  const small = canBeConstant ? e.op('Mul', [scaled, isShown()]) : scaled;
  return { upsampled: upsample(rounded(e, small, sums)), small };

  /** 1, or 0 for a constant mask, [N, count, 1]. */
  function isShown(): string {
    const [least, most] = [reduce(e, 'ReduceMin', masks, [2]), reduce(e, 'ReduceMax', masks, [2])];
    return number(e, e.op('Greater', [most, least]), sums);
  }
}

/** The least range of a map that is shown, the smallest normal number of each type; a constant map is divided by it. */
const LEAST = { [DataType.FLOAT]: 2 ** -126, [DataType.DOUBLE]: 2 ** -1022 } as const;

const divisor = (e: Emitter, range: string, type: Sums) => e.op('Max', [range, e.scalar(LEAST[type], type)]);

/** Equation 7, L = sum over l of alpha_l M'_l in the layer's pixels, float32 [N, 1, pixels]. @param masks in the type of sums */
export function weightedMasks(e: Emitter, weights: string, masks: string, sums: Sums): string {
  return rounded(e, e.op('MatMul', [widened(e, weights, sums), masks]), sums);
}

/**
 * Equation 7's end: ReLU, then min-max for each image; zeros where the map is constant up to rounding or the ReLU leaves nothing else.
 * [N, 1, height, width].
 */
export function saliency(e: Emitter, map: string, { height, width }: Size): string {
  const signed = reshape(e, map, [-1, 1, height, width]);
  const lowest = reduce(e, 'ReduceMin', signed, [2, 3]);
  const evidence = relu(e, signed);
  const low = relu(e, lowest);
  const range = e.op('Sub', [reduce(e, 'ReduceMax', evidence, [2, 3]), low]);
  const rounding = e.op('Mul', [e.op('Abs', [lowest]), e.scalar(ROUNDING)]);
  const shown = number(e, e.op('Greater', [range, rounding]));
  const scaled = e.op('Div', [e.op('Sub', [evidence, low]), divisor(e, range, DataType.FLOAT)]);
  return e.op('Mul', [scaled, shown]);
}
