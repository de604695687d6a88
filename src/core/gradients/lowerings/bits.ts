/** MatMulNBits: a product with weights of 4 or 8 bits in blocks, each with a scale and a zero point. */
import { intAttribute } from '../../onnx/model';
import { DataType, FLOATS, sizeOf } from '../../onnx/tensors';
import type { Lowerer, Lowering } from '../lowering';
import { combined, product, reshaped } from './parts';

/** Two values of 4 bits in each byte, the lower one first: [..., n] to [..., 2 n]. */
function unpacked(l: Lowerer, bytes: string): string {
  const dims = l.dims(bytes);
  const byte = (value: number) => l.constant(DataType.UINT8, [], [value]);
  const high = l.op('BitShift', [bytes, byte(4)], dims, { direction: { string: 'RIGHT' } });
  const low = l.op(
    'BitShift',
    [l.op('BitShift', [bytes, byte(4)], dims, { direction: { string: 'LEFT' } }), byte(4)],
    dims,
    {
      direction: { string: 'RIGHT' },
    },
  );
  const columns = [low, high].map((part) => reshaped(l, part, [...dims, 1]));
  const pairs = l.op('Concat', columns, [...dims, 2], { axis: { int: dims.length } });
  return reshaped(l, pairs, [...dims.slice(0, -1), 2 * dims.at(-1)!]);
}

/** The first `count` along the last axis. */
function firstOf(l: Lowerer, tensor: string, count: number): string {
  const dims = l.dims(tensor);
  if (dims.at(-1) === count) return tensor;
  const one = (value: number) => l.constant(DataType.INT64, [1], [value]);
  return l.op('Slice', [tensor, one(0), one(count), one(dims.length - 1)], [...dims.slice(0, -1), count]);
}

export const MatMulNBits: Lowering = (l) => {
  const [rows, length] = ['N', 'K'].map((name) => intAttribute(l.node, name, 0)) as [number, number];
  const [bits, block] = [intAttribute(l.node, 'bits', 4), intAttribute(l.node, 'block_size', 32)];
  if (![4, 8].includes(bits) || l.has(4) || l.opset < 11) l.refuse();
  const blocks = Math.ceil(length / block);
  const type = l.dtype(l.input(0));
  const cast = (tensor: string) => l.op('Cast', [tensor], l.dims(tensor), { to: { int: type } }, type);
  const wide = (tensor: string) => (bits === 4 ? unpacked(l, tensor) : tensor);
  const zeros = () => {
    if (!l.has(3)) return l.constant(type, [], [2 ** (bits - 1)]);
    const given = l.input(3);
    const perRow = sizeOf(l.dims(given)) / rows;
    if (FLOATS.has(l.dtype(given))) return reshaped(l, given, [rows, blocks, 1]);
    const values = firstOf(l, wide(reshaped(l, given, [rows, perRow])), blocks);
    return reshaped(l, cast(values), [rows, blocks, 1]);
  };
  const bytes = reshaped(l, l.input(1), [rows, blocks, (block * bits) / 8]);
  const shifted = combined(l, 'Sub', cast(wide(bytes)), zeros());
  const weights = combined(l, 'Mul', shifted, reshaped(l, l.input(2), [rows, blocks, 1]));
  const matrix = firstOf(l, reshaped(l, weights, [rows, blocks * block]), length);
  const turned = l.op('Transpose', [matrix], [length, rows], { perm: { ints: [1, 0] } });
  if (l.has(5)) l.end('Add', [product(l, l.input(0), turned), l.input(5)]);
  else l.end('MatMul', [l.input(0), turned]);
};
