/** The context that a gradient rule gets, and the answer that it returns. */
import type { NodeProto } from 'onnx-buf';
import { errors } from '../errors';
import type { Emitter } from '../onnx/emit';
import type { Facts, TensorFact } from '../onnx/facts';
import { operatorOf } from '../onnx/operators';
import { expand } from '../onnx/ops';
import { dtypeName, realType } from '../onnx/tensors';

/** A tensor of the forward graph, with the facts from the tracing run. */
export interface Tensor extends TensorFact {
  readonly name: string;
}

/**
 * The gradient for one input. A name alone stands for a tensor with the input's dimensions. With `dims`, the dimensions
 * may be those that the input was broadcast to, and the driver sums the gradient back.
 */
export type Answer = string | { readonly tensor: string; readonly dims: readonly number[] };

/**
 * The local derivative of one operator: writes nodes that turn the gradients of a node's outputs into those of its
 * inputs. It returns one entry for each input, in order; trailing entries may be left out. An undefined entry means
 * that the operator is not supported if the gradient has to pass to that input.
 */
export type Rule = (context: RuleContext) => readonly (Answer | undefined)[];

/** Rules by operator. */
export type RuleTable = Readonly<Record<string, Rule>>;

export interface RuleContext {
  readonly node: NodeProto;
  readonly emit: Emitter;
  /** The first input, the first output and the gradient of that output, which are all that most rules need. */
  readonly x: Tensor;
  readonly y: Tensor;
  readonly dy: string;
  /** False if an operator downstream of the node can have an infinite slope, so that dy may be infinite where y is not. */
  readonly staysFinite: boolean;
  /** Number of inputs, absent optional ones included. */
  readonly arity: number;
  /** Number of outputs, absent optional ones included. */
  readonly results: number;
  /** True if the gradient for this input is needed. Answers that are not needed are dropped. */
  wants(input: number): boolean;
  has(input: number): boolean;
  input(index: number): Tensor;
  output(index: number): Tensor;
  /** The gradient of an output; zeros if the score does not depend on it. */
  gradient(output: number): string;
  /** The values of an input that is known before the run. Throws gradient-rule if the input depends on the image. */
  values(input: number): readonly number[];
  /** A constant of the type of the first output's gradient: float, double or float16. */
  scalar(value: number): string;
  constant(dims: readonly number[], values: readonly number[]): string;
  /** Makes a gradient-rule error for this node. */
  failure(reason: string): Error;
}

/** @param gradients names of the gradients by output; outputs without a gradient are absent */
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

/** A node's name, for messages and for the names of added nodes. An unnamed node is called by its first output. */
export function nameOf(node: NodeProto): string {
  return node.name || node.output.find((name) => name !== '') || operatorOf(node);
}

/** The answer of a broadcasting operator: a gradient with the output's dimensions, which the driver sums back. */
export function broadcast(context: RuleContext, tensor: string): Answer {
  return { tensor, dims: context.y.dims };
}
