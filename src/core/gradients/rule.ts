/** What a gradient rule is given and what it answers. */
import type { NodeProto } from 'onnx-buf';
import { errors } from '../errors';
import type { Emitter } from '../onnx/emit';
import type { Facts, TensorFact } from '../onnx/facts';
import { operatorOf } from '../onnx/operators';
import { expand } from '../onnx/ops';
import { dtypeName, realType } from '../onnx/tensors';

/** A tensor of the forward graph with what the tracing run told of it. */
export interface Tensor extends TensorFact {
  readonly name: string;
}

/**
 * The gradient for one input. A name alone has that input's dimensions; with `dims` they may be those the input was
 * broadcast to, and the driver sums the gradient back.
 */
export type Answer = string | { readonly tensor: string; readonly dims: readonly number[] };

/**
 * The local derivative of one operator: writes nodes that turn the gradients of a node's outputs into those of its
 * inputs. It answers one entry per input, in order; trailing ones may be left out, and one that is undefined means that
 * the operator is not supported with that input on the path.
 */
export type Rule = (context: RuleContext) => readonly (Answer | undefined)[];

/** Rules by operator. */
export type RuleTable = Readonly<Record<string, Rule>>;

export interface RuleContext {
  readonly node: NodeProto;
  readonly emit: Emitter;
  /** The first input, the first output and the gradient of the latter: all that most rules need. */
  readonly x: Tensor;
  readonly y: Tensor;
  readonly dy: string;
  /** False if an operator downstream of the node can have an infinite slope, so that dy may be infinite where y is not. */
  readonly staysFinite: boolean;
  /** Number of inputs, absent optional ones included. */
  readonly arity: number;
  /** Number of outputs, absent optional ones included. */
  readonly results: number;
  /** True if the gradient for this input is asked for; an answer nobody asked for is dropped. */
  wants(input: number): boolean;
  has(input: number): boolean;
  input(index: number): Tensor;
  output(index: number): Tensor;
  /** The gradient of an output; zeros if the score does not depend on it. */
  gradient(output: number): string;
  /** The values of an input that is known before the run. Throws gradient-rule if it depends on the image. */
  values(input: number): readonly number[];
  /** A constant of the type of the first output's gradient: float, double or float16. */
  scalar(value: number): string;
  constant(dims: readonly number[], values: readonly number[]): string;
  /** A gradient-rule error for this node. */
  failure(reason: string): Error;
}

/** @param gradients names of the gradients of the node's outputs that have one */
export function createContext(
  node: NodeProto,
  emit: Emitter,
  facts: Facts,
  gradients: ReadonlyMap<string, string>,
  { staysFinite, wants }: Pick<RuleContext, 'staysFinite' | 'wants'>,
): RuleContext {
  const failure = (reason: string) => errors.gradientRule(operatorOf(node), nameOf(node), reason);
  const tensor = (name: string | undefined, role: string): Tensor => {
    const fact = facts.get(name || '');
    if (!name || !fact) throw failure(`nothing is known of ${role} ${name ? `"${name}"` : '(absent)'}`);
    return { name, ...fact };
  };
  const input = (index: number) => tensor(node.input[index], `input ${index}`);
  const output = (index: number) => tensor(node.output[index], `output ${index}`);
  const constant = (dims: readonly number[], values: readonly number[]) =>
    emit.constant(realType(output(0).dtype), dims, values);
  const gradient = (index: number) =>
    gradients.get(node.output[index] ?? '') ?? expand(emit, constant([], [0]), output(index).dims);
  return {
    node,
    emit,
    get x() {
      return input(0);
    },
    get y() {
      return output(0);
    },
    get dy() {
      return gradient(0);
    },
    staysFinite,
    arity: node.input.length,
    results: node.output.length,
    wants,
    has: (index) => Boolean(node.input[index]),
    input,
    output,
    gradient,
    values: (index) => {
      const { name, values, dtype } = input(index);
      if (!values)
        throw failure(`the values of input ${index} "${name}" (${dtypeName(dtype)}) are not known before the run`);
      return values;
    },
    constant,
    scalar: (value) => constant([], [value]),
    failure,
  };
}

/** A node's name for messages and for the names of what is added; unnamed nodes go by their first output. */
export function nameOf(node: NodeProto): string {
  return node.name || node.output.find((name) => name !== '') || operatorOf(node);
}

/** The gradient of a broadcasting operator: it has the output's dimensions. */
export function broadcast(context: RuleContext, tensor: string): Answer {
  return { tensor, dims: context.y.dims };
}
