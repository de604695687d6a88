/**
 * Y = P V with P = softmax(S), S = scale Q K' + mask, replaced by c tanh(S / c) with a softcap c: dV = P' dY, dS = P
 * (dP - sum(P dP)) with dP = dY V', dQ = scale dS K, dK = scale dS' Q.
 *
 * Several heads of Q may share one head of K and V, so all tensors are in the form [batch, shared heads, heads for
 * each, tokens, size].
 */
import { floatAttribute, intAttribute } from '../../onnx/model';
import { reduceSum, reshape, transpose } from '../../onnx/ops';
import { DataType } from '../../onnx/tensors';
import type { Rule, RuleContext, Tensor } from '../rule';
import { add, divide, multiply, subtract, where } from './arithmetic';

export const Attention: Rule = (c) => {
  if (c.has(4) || c.has(5)) throw c.failure('it goes on from earlier keys and values');
  const heads = headsOf(c);
  const [q, k, width] = [0, 1, 2].map((i) =>
    parted(c, c.input(i).name, c.input(i), i === 0 ? heads.own : 1, heads.shared),
  );
  const dy = parted(c, c.dy, c.y, heads.own, heads.shared);
  const scale = c.scalar(floatAttribute(c.node, 'scale', 1 / Math.sqrt(sizeOfHead(c, heads))));
  const product = multiply(c, matmul(c, q!, swapped(c, k!)), scale);
  const { scores, slope } = capped(c, product, heads);
  const p = c.emit.op('Softmax', [scores], { axis: { int: -1 } });
  const dp = matmul(c, dy, swapped(c, width!));
  const softmax = multiply(c, p, subtract(c, dp, reduceSum(c.emit, multiply(c, p, dp), [4])));
  const ds = multiply(c, slope === undefined ? softmax : multiply(c, softmax, slope), scale);
  const gradients = [
    () => matmul(c, ds, k!),
    () => reduceSum(c.emit, matmul(c, swapped(c, ds), q!), [2]),
    () => reduceSum(c.emit, matmul(c, swapped(c, p), dy), [2]),
  ];
  return gradients.map((gradient, i) => (c.wants(i) ? joined(c, gradient(), c.input(i)) : undefined));
};

interface Heads {
  /** Number of heads of K and V. */
  readonly shared: number;
  /** Number of heads of Q for each head of K and V. */
  readonly own: number;
}

function headsOf(c: RuleContext): Heads {
  const of = (input: number, name: string) =>
    c.input(input).dims.length === 4 ? c.input(input).dims[1]! : intAttribute(c.node, name, 1);
  const shared = of(1, 'kv_num_heads');
  return { shared, own: of(0, 'q_num_heads') / shared };
}

function sizeOfHead({ x }: RuleContext, { shared, own }: Heads): number {
  return x.dims.length === 4 ? x.dims[3]! : x.dims[2]! / (shared * own);
}

/** Brings [batch, heads, tokens, size] or [batch, tokens, heads size] to the five axes. */
function parted(c: RuleContext, name: string, { dims }: Pick<Tensor, 'dims'>, own: number, shared: number): string {
  const [batch, ...rest] = dims as [number, number, number, number?];
  if (rest.length === 3) return reshape(c.emit, name, [batch, shared, own, rest[1], rest[2]!]);
  const split = reshape(c.emit, name, [batch, rest[0], shared, own, rest[1] / (shared * own)]);
  return transpose(c.emit, split, [0, 2, 3, 1, 4]);
}

/** Brings the five axes back to the dimensions of an input. */
function joined(c: RuleContext, name: string, { dims }: Tensor): string {
  if (dims.length === 4) return reshape(c.emit, name, dims);
  // For K and V the third axis has been summed, so its size is 1.
  return reshape(c.emit, transpose(c.emit, name, [0, 3, 1, 2, 4]), dims);
}

/** The input of the softmax and, with a softcap, its derivative with respect to the product. */
function capped(c: RuleContext, product: string, heads: Heads): { scores: string; slope?: string } {
  const cap = floatAttribute(c.node, 'softcap', 0);
  if (cap === 0) return { scores: masked(c, product, heads) };
  if (c.has(3)) throw c.failure('it has both a softcap and a mask');
  const bent = c.emit.op('Tanh', [divide(c, product, c.scalar(cap))]);
  const scores = masked(c, multiply(c, bent, c.scalar(cap)), heads);
  return { scores, slope: subtract(c, c.scalar(1), multiply(c, bent, bent)) };
}

function masked(c: RuleContext, scores: string, { shared, own }: Heads): string {
  const lowest = c.scalar(c.x.dtype === DataType.FLOAT16 ? -65504 : -3e38);
  const [queries, keys] = [0, 1].map((i) => c.input(i).dims.at(-2)!) as [number, number];
  let result = scores;
  if (intAttribute(c.node, 'is_causal', 0) !== 0) {
    const before = Array.from({ length: queries * keys }, (_, i) => Number(i % keys <= Math.floor(i / keys)));
    result = where(c, c.emit.constant(DataType.BOOL, [queries, keys], before), result, lowest);
  }
  if (!c.has(3)) return result;
  const { name, dims, dtype } = c.input(3);
  const [batch, heads] = dims.length === 4 ? dims : dims.length === 3 ? [1, dims[0]!] : [1, 1];
  const mask = reshape(c.emit, name, [batch!, ...(heads === 1 ? [1, 1] : [shared, own]), ...dims.slice(-2)]);
  return dtype === DataType.BOOL ? where(c, mask, result, lowest) : add(c, result, mask);
}

const matmul = (c: RuleContext, a: string, b: string) => c.emit.op('MatMul', [a, b]);
const swapped = (c: RuleContext, tensor: string) => transpose(c.emit, tensor, [0, 1, 2, 4, 3]);
