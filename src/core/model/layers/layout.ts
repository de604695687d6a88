/**
 * The meaning of tensors' axes, followed from the image through the graph, for maps with rows and columns and for
 * tokens.
 */
import type { NodeProto } from 'onnx-buf';
import { blockedTensors, inputAxes, keepsAxes, outputAxes } from '../../onnx/channels';
import type { Facts } from '../../onnx/facts';
import { intAttribute, intsAttribute } from '../../onnx/model';
import { entryOf, microsoft, operatorOf } from '../../onnx/operators';
import { sizeOf } from '../../onnx/tensors';
import type { ImageInput } from '../inputs';

/**
 * Axes by letter: N images, C channels, H rows, W columns; T tokens. Tokens are the pixels of a map row by row, with
 * other tokens (a class token, registers) before or after them.
 */
export interface Layout {
  readonly axes: string;
  /** The grid of the tokens. */
  readonly grid?: TokenGrid;
}

export interface TokenGrid {
  readonly height: number;
  readonly width: number;
  /** Number of tokens before the first pixel. */
  readonly skip: number;
}

/**
 * The layout of every tensor for which it can be determined. It can't be determined inside windows, attention and other
 * regrouped axes; after these, a sum with a tensor of known layout gives it again.
 *
 * @param facts at batch 1
 */
export function findLayouts(nodes: readonly NodeProto[], facts: Facts, input: ImageInput): Map<string, Layout> {
  const layouts = new Map<string, Layout>([[input.name, { axes: input.layout }]]);
  const fits = ({ axes, grid }: Layout, dims: readonly number[]) =>
    axes.length === dims.length && (!grid || grid.skip + grid.height * grid.width <= dims[axes.indexOf('T')]!);
  const blocked = blockedTensors(nodes);
  const demanded = new Map(
    nodes.flatMap((node) => {
      const axes = inputAxes(node);
      return axes ? [[node.input[0]!, axes] as const] : [];
    }),
  );
  for (const node of nodes) {
    const layout = layoutOf(node, layouts, facts);
    for (const output of node.output) {
      if (blocked.has(output)) continue;
      const dims = dimsOf(facts, output);
      const axes = demanded.get(output);
      if (layout && fits(layout, dims)) layouts.set(output, layout);
      else if (axes && dims.length === 4) layouts.set(output, { axes });
    }
  }
  return layouts;
}

function layoutOf(node: NodeProto, layouts: ReadonlyMap<string, Layout>, facts: Facts): Layout | undefined {
  const axes = outputAxes(node);
  if (axes) return { axes };
  if (!keepsAxes(node)) return undefined;
  const source = node.input.find((name) => layouts.get(name)?.axes.length === facts.get(node.output[0]!)?.dims.length);
  const reshaped = RESHAPING.has(operatorOf(node)) ? node.input[0]! : undefined;
  const layout = layouts.get(reshaped ?? source ?? '');
  if (!layout) return undefined;
  if (reshaped !== undefined) return regrouped(layout, dimsOf(facts, reshaped), dimsOf(facts, node.output[0]!));
  return (entryOf(RULES, node) ?? (() => layout))(node, layout, facts, layouts);
}

const RESHAPING: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

type LayoutRule = (
  node: NodeProto,
  layout: Layout,
  facts: Facts,
  layouts: ReadonlyMap<string, Layout>,
) => Layout | undefined;

/** onnxruntime's own products with a matrix as their second input. */
const PRODUCTS = microsoft(
  'DynamicQuantizeMatMul',
  'FusedGemm',
  'FusedMatMul',
  'FusedMatMulActivation',
  'GemmFastGelu',
  'MatMulIntegerToFloat',
  'MatMulNBits',
  'TransposeMatMul',
);

/**
 * The rule for a product with a matrix of weights, which mixes the last axis.
 *
 * @param second index of the second factor among the inputs
 */
function product(second: number): LayoutRule {
  return (node, layout, _, layouts) => {
    const isTurned = ['transA', 'transBatchA'].some((name) => intAttribute(node, name, 0) !== 0);
    const mixesLast = !isTurned && layouts.has(node.input[0]!) && !layouts.has(node.input[second] ?? '');
    return mixesLast && layout.axes.endsWith('C') ? layout : undefined;
  };
}

const RULES: Readonly<Record<string, LayoutRule>> = {
  Transpose: (node, layout) => ({ ...layout, axes: permuted(node, layout.axes) }),

  Gemm: product(1),
  MatMul: product(1),
  MatMulInteger: product(1),
  QLinearMatMul: product(3),
  ...Object.fromEntries(PRODUCTS.map((operator) => [operator, product(1)])),

  /**
   * Concatenating along rows or columns may move them, so the layout is lost. Tokens may be put before or after others.
   */
  Concat: (node, layout, facts, layouts) => {
    const axis = layout.axes.at(intAttribute(node, 'axis', 1));
    if (isUnmapped(axis)) return layout;
    if (axis !== 'T' || node.input.filter((name) => layouts.has(name)).length !== 1) return undefined;
    const place = layout.axes.indexOf('T');
    const before = node.input.slice(
      0,
      node.input.findIndex((name) => layouts.has(name)),
    );
    return shifted(
      layout,
      before.reduce((sum, name) => sum + dimsOf(facts, name)[place]!, 0),
    );
  },

  /** The inputs include scales and zero points. */
  'com.microsoft:QLinearConcat': (node, layout) =>
    isUnmapped(layout.axes.at(intAttribute(node, 'axis', 1))) ? layout : undefined,

  Split: (node, layout) => (isUnmapped(layout.axes.at(intAttribute(node, 'axis', 0))) ? layout : undefined),

  /**
   * A slice with steps, such as every second pixel, is still a map. So are tokens after those that are not pixels are
   * removed.
   */
  Slice: (node, layout, facts) => {
    const parts = slicesOf(node, layout, facts);
    if (!parts) return undefined;
    const [from, to] = [dimsOf(facts, node.input[0]!), dimsOf(facts, node.output[0]!)];
    let result = layout;
    for (const { axis, start, step } of parts) {
      const letter = layout.axes[axis];
      if (from[axis] === to[axis] || isUnmapped(letter)) continue;
      if (letter === 'T' && step === 1) result = shifted(result, -start);
      else if (letter === 'T' || step === 1) return undefined;
    }
    return (result.grid?.skip ?? 0) < 0 ? undefined : result;
  },
};

/** True for axes whose positions do not correspond to places on the image. */
function isUnmapped(letter: string | undefined): boolean {
  return letter === 'N' || letter === 'C';
}

function permuted(node: NodeProto, axes: string): string {
  return (intsAttribute(node, 'perm') ?? [...axes].map((_, i) => axes.length - 1 - i)).map((i) => axes[i]).join('');
}

function shifted({ axes, grid }: Layout, by: number): Layout {
  return { axes, ...(grid && { grid: { ...grid, skip: grid.skip + by } }) };
}

interface Part {
  readonly axis: number;
  /** Index of the first element; not negative. */
  readonly start: number;
  readonly step: number;
}

/** The parts that `Slice` takes; undefined if they depend on the image. */
export function slicesOf(node: NodeProto, { axes }: Layout, facts: Facts): Part[] | undefined {
  const given = (input: number, attribute: string) =>
    node.input.length > 1 ? facts.get(node.input[input] ?? '')?.values : intsAttribute(node, attribute);
  const starts = given(1, 'starts');
  if (!starts) return undefined;
  const [along, steps] = [given(3, 'axes'), given(4, 'steps')];
  return starts.map((start, i) => {
    const axis = along?.[i] ?? i;
    const place = axis < 0 ? axis + axes.length : axis;
    return {
      axis: place,
      start: start < 0 ? start + dimsOf(facts, node.input[0]!)[place]! : start,
      step: steps?.[i] ?? 1,
    };
  });
}

function dimsOf(facts: Facts, tensor: string): readonly number[] {
  return facts.get(tensor)?.dims ?? [];
}

/**
 * The axes after a reshape that joins rows and columns to tokens, splits tokens into rows and columns, or only moves
 * axes of size 1. The axis of the images has size 1, so it may disappear and return.
 */
function regrouped({ axes, grid }: Layout, from: readonly number[], to: readonly number[]): Layout | undefined {
  const parted = grid && grid.skip === 0 && grid.height * grid.width === from[axes.indexOf('T')];
  const atoms = [...axes].flatMap((letter, i) =>
    letter === 'T' && parted
      ? [
          { letter: 'H', size: grid.height },
          { letter: 'W', size: grid.width },
        ]
      : [{ letter, size: from[i]! }],
  );
  let next = 0;
  let found: TokenGrid | undefined = parted ? undefined : grid;
  const groups = to.map((size, place) => {
    const first = next;
    if (place === 0 && size === 1 && atoms[0]!.size !== 1 && !axes.includes('N')) return 'N';
    for (let product = 1; next < atoms.length && (next === first || product < size); next++)
      product *= atoms[next]!.size;
    const group = atoms.slice(first, next);
    if (sizeOf(group.map((atom) => atom.size)) !== size) return undefined;
    const letters = group
      .filter(({ letter, size }) => group.length === 1 || letter !== 'N' || size !== 1)
      .map(({ letter }) => letter)
      .join('');
    if (letters !== 'HW') return letters.length === 1 ? letters : undefined;
    found = { height: group.at(-2)!.size, width: group.at(-1)!.size, skip: 0 };
    return 'T';
  });
  if (next < atoms.length || groups.includes(undefined)) return undefined;
  return { axes: groups.join(''), ...(found && { grid: found }) };
}
