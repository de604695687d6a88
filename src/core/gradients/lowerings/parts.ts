/** Parts that several lowerings share. */
import type { Attributes } from '../../onnx/emit';
import { floatAttribute, stringAttribute } from '../../onnx/model';
import { DataType, sizeOf } from '../../onnx/tensors';
import type { Lowerer } from '../lowering';

export const reshaped = (l: Lowerer, tensor: string, dims: readonly number[]): string =>
  l.op('Reshape', [tensor, l.constant(DataType.INT64, [dims.length], dims)], dims);

export const number = (l: Lowerer, like: string, value: number): string => l.constant(l.dtype(like), [], [value]);

export const swapped = (l: Lowerer, tensor: string): string => {
  const dims = l.dims(tensor);
  const axes = dims.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return l.op(
    'Transpose',
    [tensor],
    perm.map((axis) => dims[axis]!),
    { perm: { ints: perm } },
  );
};

/** The dimensions that two tensors are broadcast to. */
export function together(l: Lowerer, a: string, b: string): number[] {
  const [x, y] = [l.dims(a), l.dims(b)];
  const rank = Math.max(x.length, y.length);
  const size = (dims: readonly number[], i: number) => dims[i - rank + dims.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => (size(x, i) === 1 ? size(y, i) : size(x, i)));
}

export const combined = (l: Lowerer, type: string, a: string, b: string): string =>
  l.op(type, [a, b], together(l, a, b));

/** The dimensions of A B. */
export function productDims(l: Lowerer, a: string, b: string): number[] {
  const [x, y] = [l.dims(a), l.dims(b)];
  if (x.length < 2 || y.length < 2) return l.refuse();
  const [left, right] = [x.slice(0, -2), y.slice(0, -2)];
  const batch = left.length >= right.length ? left : right;
  const wide = batch.map((size, i) => {
    const other =
      (left.length >= right.length ? right : left)[i - batch.length + Math.min(left.length, right.length)] ?? 1;
    return size === 1 ? other : size;
  });
  return [...wide, x.at(-2)!, y.at(-1)!];
}

export const product = (l: Lowerer, a: string, b: string): string => l.op('MatMul', [a, b], productDims(l, a, b));

/** The integers as real numbers, (q - zero) scale; without a scale as whole ones. One value, or one along an axis. */
export function real(
  l: Lowerer,
  tensor: string,
  scale: string | undefined,
  zero: string | undefined,
  axis: number,
): string {
  const dims = l.dims(tensor);
  const type = scale === undefined ? DataType.FLOAT : l.dtype(scale);
  const cast = (of: string) => l.op('Cast', [of], l.dims(of), { to: { int: type } }, type);
  const placed = (of: string) => {
    const size = sizeOf(l.dims(of));
    if (size !== 1 && size !== dims.at(axis)) return l.refuse();
    const at = (axis + dims.length) % dims.length;
    return reshaped(
      l,
      of,
      dims.map((_, i) => (size !== 1 && i === at ? size : 1)),
    );
  };
  const numbers = cast(tensor);
  const shifted = zero === undefined ? numbers : l.op('Sub', [numbers, placed(cast(zero))], dims);
  return scale === undefined ? shifted : l.op('Mul', [shifted, placed(scale)], dims);
}

/** The activation that a fused operator names; its parameters are attributes under `names`, or a list. */
export function activated(l: Lowerer, x: string, params: readonly (number | undefined)[]): void {
  const type = stringAttribute(l.node, 'activation', '');
  const [alpha, beta] = params;
  const given = (name: string, value: number | undefined): Attributes =>
    value === undefined ? {} : { [name]: { float: value } };
  if (type === '') l.end('Identity', [x]);
  else if (['Relu', 'Tanh', 'Sigmoid'].includes(type)) l.end(type, [x]);
  else if (type === 'LeakyRelu') l.end(type, [x], given('alpha', alpha));
  else if (type === 'HardSigmoid') l.end(type, [x], { ...given('alpha', alpha), ...given('beta', beta) });
  else if (type === 'Clip' && alpha !== undefined && beta !== undefined)
    l.end(type, [x, number(l, x, alpha), number(l, x, beta)]);
  else l.refuse();
}

/** The attributes of a node that the operator inside it has too. */
export function attributesWithout({ node }: Lowerer, names: readonly string[]): Attributes {
  return node.attribute.filter(({ name }) => !names.includes(name));
}

export const scaledBy = (l: Lowerer, x: string, name: string): string => {
  const factor = floatAttribute(l.node, name, 1);
  return factor === 1 ? x : l.op('Mul', [x, number(l, x, factor)], l.dims(x));
};
