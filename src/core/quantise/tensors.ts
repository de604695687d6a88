/** The tensors of a graph that becomes one of integers: which there are as integers, which as real numbers, and their grids. */
import type { NodeProto } from 'onnx-buf';
import { type Attributes, makeNode } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import { type GraphIndex, inputsOf } from '../onnx/graph';
import { attributeOf, type Model } from '../onnx/model';
import { operatorOf } from '../onnx/operators';
import { DataType, isExternal, type TensorProto, valuesOf } from '../onnx/tensors';
import type { OpenBias, OpenGrid, Range } from './grids';

export interface Tensors {
  readonly model: Model;
  readonly nodes: NodeProto[];
  readonly initializers: TensorProto[];
  readonly grids: readonly OpenGrid[];
  readonly biases: OpenBias[];
  isInteger(tensor: string): boolean;
  isFloat(tensor: string): boolean;
  gridOf(tensor: string): OpenGrid;
  /** The names of a tensor's integers, scale and zero point. It is quantised if there are only real numbers of it. */
  operand(tensor: string): [integers: string, scale: string, zero: string];
  /** Makes the real numbers of a tensor, if there are only integers of it. */
  real(tensor: string): void;
  /**
   * Adds a node that makes a tensor's integers.
   *
   * @param type the operator, with its domain before a colon
   * @param inputs from the names of scale and zero point of the result
   */
  make(node: NodeProto, type: string, inputs: (grid: readonly [string, string]) => readonly string[]): void;
  /** Adds a node that moves integers about. */
  move(node: NodeProto, inputs: readonly string[]): void;
  /** Adds a node as it is, on real numbers. */
  keep(node: NodeProto): void;
  /** True for a Relu or Clip that the grid of the node in front has taken over. */
  isFolded(node: NodeProto): boolean;
  stored(name: string | undefined): number[] | undefined;
  weights(name: string): { readonly tensor: TensorProto; readonly values: ArrayLike<number> } | undefined;
}

const UNBOUNDED: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** @param reads tensors that are read as real numbers at the graph's end */
export function createTensors(model: Model, facts: Facts, index: GraphIndex, reads: ReadonlySet<string>): Tensors {
  const nodes: NodeProto[] = [];
  const grids: OpenGrid[] = [];
  /** The grids of tensors that there are as integers. */
  const known = new Map<string, OpenGrid>();
  const isReal = new Set<string>();
  const folded = new Set<NodeProto>();

  const integersOf = (tensor: string) => `${tensor}/group-cam/uint8`;
  const push = (type: string, inputs: readonly string[], output: string, attributes: Attributes = {}) => {
    const [name, domain = ''] = type.split(':').reverse() as [string, string?];
    nodes.push({ ...makeNode(name, output, inputs, [output], attributes), domain });
  };
  const open = (tensor: string, bounds: Range): OpenGrid => {
    const grid = { scale: `${tensor}/group-cam/scale`, zero: `${tensor}/group-cam/zero`, tensor, bounds };
    grids.push(grid);
    known.set(tensor, grid);
    return grid;
  };
  const stored = (name: string | undefined) => {
    const tensor = name === undefined ? undefined : model.initializers.get(name);
    return tensor && valuesOf(tensor);
  };
  const real = (tensor: string) => {
    const grid = known.get(tensor);
    if (!grid || isReal.has(tensor)) return;
    push('DequantizeLinear', [integersOf(tensor), grid.scale, grid.zero], tensor);
    isReal.add(tensor);
  };
  /** The grid of a node's result behind those that bound it, if nothing else reads what is in front of them. */
  const resultOf = (node: NodeProto): OpenGrid => {
    let [tensor, bounds] = [node.output[0]!, UNBOUNDED];
    for (;;) {
      const [next, another] = index.consumers.get(tensor) ?? [];
      const more = next && !another && !reads.has(tensor) ? boundsOf(next, tensor, stored) : undefined;
      if (!more) return open(tensor, bounds);
      folded.add(next!);
      tensor = next!.output[0]!;
      bounds = [Math.max(bounds[0], more[0]), Math.min(bounds[1], more[1])];
    }
  };

  return {
    model,
    nodes,
    initializers: [],
    grids,
    biases: [],
    isInteger: (tensor) => known.has(tensor),
    isFloat: (tensor) => facts.get(tensor)?.dtype === DataType.FLOAT,
    gridOf: (tensor) => known.get(tensor)!,
    operand: (tensor) => {
      if (!known.has(tensor)) {
        const { scale, zero } = open(tensor, UNBOUNDED);
        isReal.add(tensor);
        push('QuantizeLinear', [tensor, scale, zero], integersOf(tensor));
      }
      const { scale, zero } = known.get(tensor)!;
      return [integersOf(tensor), scale, zero];
    },
    real,
    make: (node, type, inputs) => {
      const { tensor, scale, zero } = resultOf(node);
      push(type, inputs([scale, zero]), integersOf(tensor), node.attribute);
    },
    move: (node, inputs) => {
      known.set(node.output[0]!, known.get(node.input[0]!)!);
      push(operatorOf(node), [integersOf(node.input[0]!), ...inputs], integersOf(node.output[0]!), node.attribute);
    },
    keep: (node) => {
      for (const name of inputsOf(node)) real(name);
      nodes.push(node);
    },
    isFolded: (node) => folded.has(node),
    stored,
    weights: (name) => {
      const tensor = model.initializers.get(name);
      if (!tensor || isExternal(tensor) || tensor.dataType !== DataType.FLOAT) return undefined;
      const { rawData, floatData } = tensor;
      return { tensor, values: rawData.byteLength > 0 ? new Float32Array(rawData.slice().buffer) : floatData };
    },
  };
}

/** The bounds of a Relu, or of a Clip by constants between which 0 lies; undefined for other nodes. */
function boundsOf(node: NodeProto, tensor: string, stored: Tensors['stored']): Range | undefined {
  if (node.input[0] !== tensor) return undefined;
  const operator = operatorOf(node);
  if (operator === 'Relu') return [0, Number.POSITIVE_INFINITY];
  if (operator !== 'Clip') return undefined;
  const bound = (place: number, name: string, fallback: number) => {
    if (node.input[place]) return stored(node.input[place])?.[0];
    const value = attributeOf(node, name);
    return typeof value === 'number' ? value : fallback;
  };
  const [low, high] = [bound(1, 'min', UNBOUNDED[0]), bound(2, 'max', UNBOUNDED[1])];
  return low === undefined || high === undefined || low > 0 || high < 0 ? undefined : [low, high];
}
