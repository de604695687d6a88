/**
 * Keeps gradients in the layout of channels in blocks, in which the runtime convolves on a CPU. It leaves that layout where an
 * operator can't work in it, and returns to it at the next convolution only: all sums and products in between would then
 * rearrange their other operands as well.
 */
import { DataType } from '../onnx/tensors';
import type { RuleContext } from './rule';

/** Channels in a block with AVX-512; there are 8 with AVX2. A convolution to fewer channels computes a whole block nevertheless. */
export const BLOCK = 16;

/** Whether a tensor of these dimensions can be in blocks. */
export const fitsBlocks = ({ x }: RuleContext, dims: readonly number[] = x.dims) =>
  x.dtype === DataType.FLOAT && dims.length === 4 && dims[1]! % BLOCK === 0;

/** The same values, in blocks where possible: a mean of single elements, since pools go into that layout by themselves. */
export const blocked = (c: RuleContext, tensor: string, dims?: readonly number[]): string =>
  fitsBlocks(c, dims) ? c.emit.op('AveragePool', [tensor], { kernel_shape: { ints: [1, 1] } }) : tensor;

/** Repeats each element of [N, C, ...spatial] `scales` times along each spatial axis; for operator sets from 11 on. */
export function repeated({ emit }: Pick<RuleContext, 'emit'>, x: string, scales: readonly number[]): string {
  const factors = emit.constant(DataType.FLOAT, [scales.length + 2], [1, 1, ...scales]);
  // The region of interest may be left out from operator set 13 on.
  const region = emit.opset < 13 ? emit.constant(DataType.FLOAT, [0], []) : '';
  return emit.op('Resize', [x, region, factors], {
    mode: { string: 'nearest' },
    coordinate_transformation_mode: { string: 'asymmetric' },
    nearest_mode: { string: 'floor' },
  });
}
