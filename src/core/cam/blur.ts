/**
 * The blurred image B. The Gaussian filter is an ONNX model of its own, so that it runs natively and on the same
 * device.
 */
import { standaloneModel } from '../onnx/compose';
import { createEmitter } from '../onnx/emit';
import { valueInfo } from '../onnx/facts';
import { transpose } from '../onnx/ops';
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

/** B = rows I columns^T for each channel. */
export function blurModel(layout: 'NCHW' | 'NHWC'): EncodedModel {
  const opset = 13;
  const emit = createEmitter('blur', opset);
  const planes = layout === 'NCHW' ? BLUR.image : transpose(emit, BLUR.image, [0, 3, 1, 2]);
  const columns = transpose(emit, BLUR.columns, [1, 0]);
  const blurred = emit.op('MatMul', [emit.op('MatMul', [BLUR.rows, planes]), columns]);
  emit.alias(layout === 'NCHW' ? blurred : transpose(emit, blurred, [0, 2, 3, 1]), BLUR.blurred);
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
 * The matrix [size, size] that filters `size` samples with the Gaussian exp(-i^2 / (2 sigma^2)), normalised to sum 1.
 * The border is mirrored without repeating the edge sample.
 */
export function gaussianMatrix(size: number, kernel: number, sigma: number): Float32Array {
  const radius = (kernel - 1) / 2;
  const taps = gaussianTaps(kernel, sigma);
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
