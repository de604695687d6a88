/** Y = A B over the last two axes: dA = dY B^T, dB = A^T dY, summed over the batch axes that were broadcast. */
import { reshape, transpose } from '../../onnx/ops';
import type { Answer, Rule, RuleContext, Tensor } from '../rule';

export const MatMul: Rule = (c) => {
  const [a, b] = [c.input(0), c.input(1)];
  /** A vector on the left is a row, a vector on the right is a column. */
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [m, k, n] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
  const batch = c.y.dims.slice(0, c.y.dims.length - (a.dims.length > 1 ? 1 : 0) - (b.dims.length > 1 ? 1 : 0));
  const dy = a.dims.length > 1 && b.dims.length > 1 ? c.dy : reshape(c.emit, c.dy, [...batch, m, n]);

  const dA = (): Answer => ({ tensor: timesTransposed(c, dy, [...batch, m, n], b, right), dims: [...batch, m, k] });
  const dB = (): Answer => {
    if (right.length === 2 && b.dims.length === 2 && left.length > 2) return ofRows(c, a, dy, [k, n]);
    const rows = reshapeTo(c, a, left);
    const product = c.emit.op('MatMul', [swapLast(c, rows, left.length), dy]);
    const vector = b.dims.length === 1;
    return vector
      ? { tensor: reshape(c.emit, product, [...batch, k]), dims: [...batch, k] }
      : { tensor: product, dims: [...batch, k, n] };
  };
  return [c.wants(0) ? dA() : undefined, c.wants(1) ? dB() : undefined];
};

/**
 * dY B^T. For a plain matrix B this uses Gemm's flag, so that the runtime does not keep a transposed copy of a weight.
 */
function timesTransposed(
  c: RuleContext,
  dy: string,
  dims: readonly number[],
  b: Tensor,
  right: readonly number[],
): string {
  const columns = reshapeTo(c, b, right);
  if (right.length !== 2) return c.emit.op('MatMul', [dy, swapLast(c, columns, right.length)]);
  const [k, n] = [right[0]!, right[1]!];
  const rows = dims.length === 2 ? dy : reshape(c.emit, dy, [-1, n]);
  const product = c.emit.op('Gemm', [rows, columns, ...(c.emit.opset < 11 ? [c.scalar(0)] : [])], {
    transB: { int: 1 },
  });
  return dims.length === 2 ? product : reshape(c.emit, product, [...dims.slice(0, -1), k]);
}

/** A^T dY of a plain matrix B, with all rows of the batch as rows of one matrix, so that no product of each is kept. */
function ofRows(c: RuleContext, a: Tensor, dy: string, [k, n]: readonly [number, number]): string {
  const [rows, gradients] = [reshape(c.emit, a.name, [-1, k]), reshape(c.emit, dy, [-1, n])];
  const bias = c.emit.opset < 11 ? [c.scalar(0)] : [];
  return c.emit.op('Gemm', [rows, gradients, ...bias], { transA: { int: 1 } });
}

function reshapeTo(c: RuleContext, tensor: Tensor, dims: readonly number[]): string {
  return tensor.dims.length === dims.length ? tensor.name : reshape(c.emit, tensor.name, dims);
}

function swapLast(c: RuleContext, tensor: string, rank: number): string {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return transpose(c.emit, tensor, [...axes.slice(0, -2), rank - 1, rank - 2]);
}
