/**
 * The blurred image B. The Gaussian filter is an ONNX model of its own, so that it runs natively and on the same
 * device.
 */
import { standaloneModel } from '../onnx/compose';
import { createEmitter, type Emitter } from '../onnx/emit';
import { valueInfo } from '../onnx/facts';
import { reshape, transpose } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import type { EncodedModel } from '../onnx/weights';

/** Names of the model's inputs and output; all are float32. */
export const BLUR = {
  /** [N, C, H, W] or [N, H, W, C]. */
  image: 'image',
  /** Gaussian matrices, [H, H] and [W, W]. */
  rows: 'rows',
  columns: 'columns',
  blurred: 'blurred',
} as const;

/** What the nodes of the blur have to know of an image. */
export interface Pixels {
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export function blurModel(pixels: Pixels): EncodedModel {
  const opset = 13;
  const emit = createEmitter('blur', opset);
  emit.alias(blurred(emit, BLUR.image, pixels, BLUR), BLUR.blurred);
  const input = (name: string, rank: number) => valueInfo(name, DataType.FLOAT, new Array(rank).fill(undefined));
  return standaloneModel(opset, {
    name: 'blur',
    node: emit.nodes,
    initializer: emit.initializers,
    input: [input(BLUR.image, 4), input(BLUR.rows, 2), input(BLUR.columns, 2)],
    output: [input(BLUR.blurred, 4)],
  });
}

/**
 * B = rows I columns^T for each channel, in the image's own layout. Both products have their matrix on the left: a constant on the right
 * is brought into a layout in which onnxruntime adds in another order, so that the last bits would depend on where the matrix comes from.
 *
 * @param image [N, C, H, W] or [N, H, W, C]
 * @param matrices [H, H] and [W, W]
 */
export function blurred(
  e: Emitter,
  image: string,
  { layout, channels, height, width }: Pixels,
  { rows, columns }: { readonly rows: string; readonly columns: string },
): string {
  const product = (matrix: string, values: string, length: number) =>
    e.op('MatMul', [matrix, reshape(e, values, [length, -1])]);
  const planes = transpose(e, image, layout === 'NCHW' ? [2, 0, 1, 3] : [1, 0, 3, 2]);
  const down = reshape(e, product(rows, planes, height), [height, -1, channels, width]);
  const turned = transpose(e, down, [3, 1, 2, 0]);
  const across = reshape(e, product(columns, turned, width), [width, -1, channels, height]);
  return transpose(e, across, layout === 'NCHW' ? [1, 2, 3, 0] : [1, 3, 0, 2]);
}

/**
 * The matrix [size, size] that filters `size` samples with the Gaussian exp(-i^2 / (2 sigma^2)), normalised to sum 1.
 * The border is mirrored without repeating the edge sample.
 */
export function gaussianMatrix(size: number, kernel: number, sigma: number): Float32Array {
  const radius = (kernel - 1) / 2;
  // Rounded first, as nodes that make this matrix do.
  const taps = gaussianTaps(kernel, sigma).map(Math.fround);
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    taps.forEach((tap, j) => {
      matrix[i * size + mirror(i + j - radius, size)]! += tap;
    });
  }
  return matrix;
}

/** The Gaussian exp(-i^2 / (2 sigma^2)) at `kernel` pixels, an odd number, normalised to sum 1. */
export function gaussianTaps(kernel: number, sigma: number): readonly number[] {
  const radius = (kernel - 1) / 2;
  const taps = Array.from({ length: kernel }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)));
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / total);
}

function mirror(i: number, size: number): number {
  const positive = Math.abs(i);
  return positive < size ? positive : 2 * (size - 1) - positive;
}

/**
 * The largest odd kernel of at most `kernel` pixels for which the mirrored border of this image is wide enough, which
 * is 2 min(H, W) - 1 at most.
 */
export function kernelFor(kernel: number, height: number, width: number): number {
  return Math.min(kernel, 2 * Math.min(height, width) - 1);
}
