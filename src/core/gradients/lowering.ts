/**
 * Writes operators that stand for several others as these, so that the rules of these hold for them. The nodes that are
 * written compute again what the operator has inside; its outputs stay those of the operator itself.
 */
import type { NodeProto } from 'onnx-buf';
import { type Attributes, type Emitter, makeNode } from '../onnx/emit';
import type { Facts, TensorFact } from '../onnx/facts';
import { entryOf } from '../onnx/operators';
import type { DataType } from '../onnx/tensors';

export interface Lowerer {
  readonly node: NodeProto;
  readonly opset: number;
  has(input: number): boolean;
  /** The name of an input, which must be there. */
  input(index: number): string;
  dims(tensor: string): readonly number[];
  dtype(tensor: string): DataType;
  constant(type: DataType, dims: readonly number[], values: readonly number[]): string;
  /** Adds a node and returns the name of its output, of the type of its first input unless `type` says otherwise. */
  op(
    type: string,
    inputs: readonly string[],
    dims: readonly number[],
    attributes?: Attributes,
    dtype?: DataType,
  ): string;
  /** The same with several outputs. */
  ops(type: string, inputs: readonly string[], dims: readonly (readonly number[])[], attributes?: Attributes): string[];
  /** A node whose output is one of the operator's own. */
  end(type: string, inputs: readonly string[], attributes?: Attributes, output?: number): void;
  /** Ends the lowering of a form that it does not know. The operator then has no rule. */
  refuse(): never;
}

export type Lowering = (l: Lowerer) => void;

class Refused extends Error {}

/**
 * @param emit gets the nodes that compute what is inside the operators
 * @returns nodes in the place of `nodes`, and the facts of all tensors
 */
export function lowered(
  nodes: readonly NodeProto[],
  facts: Facts,
  emit: Emitter,
  table: Readonly<Record<string, Lowering>>,
): { readonly nodes: readonly NodeProto[]; readonly facts: Facts } {
  const known = new Map(facts);
  const made = nodes.flatMap((node) => {
    const lowering = entryOf(table, node);
    if (!lowering) return [node];
    emit.scope(`${node.name || node.output[0]}/inside`.replace(/^\/+/, ''));
    const inside: NodeProto[] = [];
    try {
      lowering(lowerer(node, known, emit, inside));
      return inside;
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      return [node];
    }
  });
  emit.scope('');
  return { nodes: made, facts: known };
}

function lowerer(node: NodeProto, known: Map<string, TensorFact>, emit: Emitter, inside: NodeProto[]): Lowerer {
  const refuse = (): never => {
    throw new Refused();
  };
  const fact = (tensor: string) => known.get(tensor) ?? refuse();
  const ops: Lowerer['ops'] = (type, inputs, dims, attributes) => {
    const outputs = emit.ops(type, inputs, dims.length, attributes);
    const { dtype } = fact(inputs[0]!);
    outputs.forEach((name, i) => {
      known.set(name, { dtype, dims: dims[i]! });
    });
    inside.push(emit.nodes.at(-1)!);
    return outputs;
  };
  return {
    node,
    opset: emit.opset,
    has: (index) => Boolean(node.input[index]),
    input: (index) => node.input[index] || refuse(),
    dims: (tensor) => fact(tensor).dims,
    dtype: (tensor) => fact(tensor).dtype,
    constant: (dtype, dims, values) => {
      const name = emit.constant(dtype, dims, values);
      known.set(name, { dtype, dims, values });
      return name;
    },
    op: (type, inputs, dims, attributes, dtype) => {
      const [name] = ops(type, inputs, [dims], attributes) as [string];
      if (dtype !== undefined) known.set(name, { dtype, dims });
      return name;
    },
    ops,
    end: (type, inputs, attributes = {}, output = 0) => {
      const name = node.output[output]!;
      inside.push(makeNode(type, node.name, inputs, [name], attributes));
    },
    refuse,
  };
}
