/**
 * Equations 1 to 4 of Group-CAM (arXiv 2103.13859) and the maps of Grad-CAM, HiResCAM and LayerCAM as nodes, for N images
 * at once. A map is [N, maps, height * width], float32, in the pixels of the layer.
 * Sizes are written out where they are known: with -1 for one of them, no image at all (N = 0) would be refused, or worse.
 */
import type { Size } from '../geometry';
import type { LayerInfo } from '../model/info';
import type { Emitter } from '../onnx/emit';
import { largest, pad, reduce, reduceSum, reshape, slice, transpose } from '../onnx/ops';
import { DataType } from '../onnx/tensors';

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

/** Methods whose map is made of the layer and its gradient alone; each returns [N, 1, pixels]. */
export const PLAIN_MAPS = { 'grad-cam': gradCam, 'hires-cam': hiResCam, 'layer-cam': layerCam } as const;

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
): string {
  const size = Math.ceil(channels / groups);
  const count = Math.ceil(channels / size);
  const missing = count * size - channels;
  const filled = (x: string) => (missing === 0 ? x : pad(e, x, [0, 0, 0, 0, missing, 0]));
  const maps = reshape(e, filled(activations), [0, count, size, height * width]);
  if (gradient === undefined) return relu(e, reduceSum(e, maps, [2], false));
  const weights = reshape(e, filled(reduce(e, 'ReduceMean', gradient, [2])), [0, count, 1, size]);
  return relu(e, reshape(e, e.op('MatMul', [weights, maps]), [0, count, height * width]));
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

/** Brings maps [N, count, pixels] to the size of the result, [N, count, height, width]. */
export type Upsampling = (maps: string, count: number) => string;

/**
 * Bilinear upsampling to the input's size by two matrix products, which are the same in every operator set and on every
 * device. Both are of two plain matrices, since onnxruntime broadcasts none over no image at all.
 */
export function upsampling(e: Emitter, layer: LayerInfo, size: Size): Upsampling {
  const rows = transpose(e, matrix(e, size.height, layer.height), [1, 0]);
  const isSquare = size.height === size.width && layer.height === layer.width;
  const columns = isSquare ? rows : transpose(e, matrix(e, size.width, layer.width), [1, 0]);
  const turned = (maps: string) => transpose(e, maps, [0, 1, 3, 2]);
  const product = (maps: string, length: number, by: string) => e.op('MatMul', [reshape(e, maps, [-1, length]), by]);
  return (maps, count) => {
    const planes = reshape(e, maps, [-1, count, layer.height, layer.width]);
    const high = product(turned(planes), layer.height, rows);
    const wide = product(turned(reshape(e, high, [-1, count, layer.width, size.height])), layer.width, columns);
    return reshape(e, wide, [-1, count, size.height, size.width]);
  };
}

/**
 * The matrix of `bilinearMatrix`, [to, from], from the positions of the new samples: 1 - |position - j| where that is
 * positive. The positions take a few bytes of the file, and the runtime computes the matrix when it loads the model. Rows and
 * columns share them if input and layer are square.
 */
function matrix(e: Emitter, to: number, from: number): string {
  const at = Array.from({ length: to }, (_, i) => Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1));
  const positions = e.constant(DataType.FLOAT, [to, 1], at);
  const samples = e.constant(
    DataType.FLOAT,
    [1, from],
    Array.from({ length: from }, (_, j) => j),
  );
  const distance = e.op('Abs', [e.op('Sub', [positions, samples])]);
  return relu(e, e.op('Sub', [e.scalar(1), distance]));
}

/** 1 where a condition holds, else 0. */
export function number(e: Emitter, condition: string): string {
  return e.op('Cast', [condition], { to: { int: DataType.FLOAT } });
}

export interface Normalised {
  /** M'_l within [0, 1], upsampled: [N, count, H * W]; zeros for a constant mask. */
  readonly upsampled: string;
  /** The same in the layer's pixels, [N, count, pixels]. */
  readonly small: string;
  /** 1, or 0 for a constant mask, [N, count, 1]. */
  readonly isShown: string;
}

/**
 * Equation 4: min-max, by the bounds of the upsampled mask. Rounding may give a constant mask different bounds, so the
 * small one decides whether it is constant.
 */
export function normalised(e: Emitter, masks: string, count: number, upsample: Upsampling, size: Size): Normalised {
  const up = reshape(e, upsample(masks, count), [0, count, size.height * size.width]);
  const low = reduce(e, 'ReduceMin', up, [2]);
  const range = divisor(e, e.op('Sub', [reduce(e, 'ReduceMax', up, [2]), low]));
  const [least, most] = [reduce(e, 'ReduceMin', masks, [2]), reduce(e, 'ReduceMax', masks, [2])];
  const isShown = number(e, e.op('Greater', [most, least]));
  const scaled = (values: string) => e.op('Mul', [e.op('Div', [e.op('Sub', [values, low]), range]), isShown]);
  return { upsampled: scaled(up), small: scaled(masks), isShown };
}

/** The least range of a map that is shown; a constant map is divided by it. */
const LEAST = 1e-30;

const divisor = (e: Emitter, range: string) => e.op('Max', [range, e.scalar(LEAST)]);

/** Equation 7's end: ReLU, then min-max for each image; zeros where the map is constant. [N, 1, height, width]. */
export function saliency(e: Emitter, map: string): string {
  const evidence = relu(e, map);
  const low = reduce(e, 'ReduceMin', evidence, [2, 3]);
  const range = e.op('Sub', [reduce(e, 'ReduceMax', evidence, [2, 3]), low]);
  return e.op('Div', [e.op('Sub', [evidence, low]), divisor(e, range)]);
}
