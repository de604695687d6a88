/** onnxruntime's attention: its projections, and then ONNX's Attention. */
import { floatAttribute, intAttribute, intsAttribute } from '../../onnx/model';
import { DataType, sizeOf } from '../../onnx/tensors';
import type { Lowerer, Lowering } from '../lowering';
import { combined, product } from './parts';

/** Masks of padding, keys of earlier calls and packed inputs are of language models. */
const refuses = (l: Lowerer, ...inputs: readonly number[]) => {
  if (inputs.some((index) => l.has(index))) l.refuse();
};

function attend(l: Lowerer, tensors: readonly string[], bias: number): void {
  const heads = intAttribute(l.node, 'num_heads', 0);
  const scale = floatAttribute(l.node, 'scale', 0);
  l.end('Attention', [...tensors, ...(l.has(bias) ? [l.input(bias)] : [])], {
    q_num_heads: { int: heads },
    kv_num_heads: { int: heads },
    is_causal: { int: intAttribute(l.node, 'unidirectional', 0) },
    ...(scale !== 0 && { scale: { float: scale } }),
  });
}

/** Parts of the last axis. */
function parts(l: Lowerer, tensor: string, sizes: readonly number[]): string[] {
  const dims = l.dims(tensor);
  const inputs = l.opset >= 13 ? [tensor, l.constant(DataType.INT64, [sizes.length], sizes)] : [tensor];
  return l.ops(
    'Split',
    inputs,
    sizes.map((size) => [...dims.slice(0, -1), size]),
    { axis: { int: dims.length - 1 }, ...(l.opset < 13 && { split: { ints: sizes } }) },
  );
}

const MultiHeadAttention: Lowering = (l) => {
  refuses(l, 4, 6, 7, 8, 9);
  const inputs = [0, 1, 2].map((index) => l.input(index));
  if (inputs.some((name) => l.dims(name).length !== 3)) l.refuse();
  const sizes = inputs.map((name) => l.dims(name)[2]!);
  const biases = l.has(3) ? parts(l, l.input(3), sizes) : [];
  attend(
    l,
    inputs.map((name, i) => (biases[i] === undefined ? name : combined(l, 'Add', name, biases[i]))),
    5,
  );
};

const Attention: Lowering = (l) => {
  refuses(l, 3, 4, 6);
  const projected = product(l, l.input(0), l.input(1));
  const biased = l.has(2) ? combined(l, 'Add', projected, l.input(2)) : projected;
  const total = sizeOf(l.dims(biased).slice(-1));
  const sizes = intsAttribute(l.node, 'qkv_hidden_sizes') ?? [total / 3, total / 3, total / 3];
  attend(l, parts(l, biased, sizes), 5);
};

export const attentions = { Attention, MultiHeadAttention } satisfies Record<string, Lowering>;
