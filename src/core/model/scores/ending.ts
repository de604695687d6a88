/**
 * How a tensor of scores is computed at the end of the graph: by softmax or sigmoid of logits, by a linear operator, or
 * otherwise.
 */
import type { NodeProto } from 'onnx-buf';
import type { Facts } from '../../onnx/facts';
import type { GraphIndex } from '../../onnx/graph';
import { intAttribute, type Model } from '../../onnx/model';
import { entryOf, microsoft, operatorOf, VALUE_KEEPING } from '../../onnx/operators';
import { dimsOf, sizeOf, valuesOf } from '../../onnx/tensors';
import type { Activation } from '../../output';
import { boundsOfClip } from './ranges';

export interface Ending {
  /** The tensor before the activation; without one, the scores themselves. */
  readonly logits: string;
  readonly activation: Exclude<Activation, 'none'> | undefined;
  /**
   * True if a linear operator computes the scores, possibly followed by a ReLU and pooling, so that they have no upper
   * bound.
   */
  readonly unbounded: boolean;
}

/** Operators at the end of a graph that keep the value of each class, in the same order. */
const PASSING: ReadonlySet<string> = new Set(VALUE_KEEPING);

/** LogSoftmax counts as softmax, since log p has the same logits as p. */
const ACTIVATIONS: Readonly<Record<string, Ending['activation']>> = {
  Softmax: 'softmax',
  LogSoftmax: 'softmax',
  Sigmoid: 'sigmoid',
};

/** Operators whose result can be any number, whatever they are given. */
const LINEAR: ReadonlySet<string> = new Set([
  'Gemm',
  'MatMul',
  'Conv',
  'QLinearConv',
  'QLinearMatMul',
  'ConvInteger',
  'MatMulInteger',
  'BatchNormalization',
  ...microsoft('QGemm', 'MatMulNBits', 'FusedMatMul'),
]);
/** Linear operators over the positions of a map. */
const POOLING: ReadonlySet<string> = new Set(['ReduceMean', 'ReduceSum', 'GlobalAveragePool', 'AveragePool']);
/** Operators whose output is linear if their inputs are; other operands must be constants. */
const KEEPING_LINEAR: ReadonlySet<string> = new Set([
  ...POOLING,
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Sum',
  'Mean',
  'Neg',
  'Concat',
  'Transpose',
  'Slice',
  'Gather',
]);

/** A Clip is ignored if its bounds are no further than this from 0 and 1. Such a Clip only protects a logarithm. */
const NARROW = 1e-6;

/** The earliest tensor with the same values, in any arrangement. */
export function originOf({ producer }: GraphIndex, tensor: string): string {
  let origin = tensor;
  for (let node = producer.get(origin); node && PASSING.has(operatorOf(node)); node = producer.get(origin))
    origin = node.input[0]!;
  return origin;
}

/** @param facts at batch 1 */
export function endingOf(model: Model, graph: GraphIndex, facts: Facts, scores: string): Ending {
  const isClip = (node: NodeProto) => {
    const bounds = operatorOf(node) === 'Clip' ? boundsOfClip(node, facts) : undefined;
    return bounds !== undefined && bounds[0] <= NARROW && bounds[1] >= 1 - NARROW;
  };
  let clipped = false;
  for (let tensor = originOf(graph, scores); ; ) {
    const node = graph.producer.get(tensor);
    const activation = node && activationAt(model, graph, facts, node);
    const unscaled = node && !activation && !clipped ? scaledActivation(node) : undefined;
    const found = activation ?? unscaled;
    if (found)
      return { ...(isTurned(found.logits) ? { logits: scores, activation: undefined } : found), unbounded: false };
    if (!node || !isClip(node)) {
      const unbounded = !clipped && isLinear(beforeRelu(tensor) ?? tensor);
      return { logits: scores, activation: undefined, unbounded };
    }
    clipped = true;
    tensor = originOf(graph, node.input[0]!);
  }

  /** Whether the classes come before the images; scores are read in rows of an image. */
  function isTurned(tensor: string): boolean {
    const { dims } = facts.get(tensor)!;
    return dims.length > 1 && dims[0] !== 1;
  }

  /** The input of a ReLU that is followed by nothing but pooling, as in SqueezeNet. */
  function beforeRelu(tensor: string): string | undefined {
    const node = graph.producer.get(originOf(graph, tensor));
    if (!node) return undefined;
    if (operatorOf(node) === 'Relu') return node.input[0];
    return POOLING.has(operatorOf(node)) ? beforeRelu(node.input[0]!) : undefined;
  }

  function isLinear(tensor: string): boolean {
    const left = [originOf(graph, tensor)];
    const seen = new Set(left);
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const node = graph.producer.get(next);
      if (!node) return false;
      const operator = operatorOf(node);
      const varying = node.input.filter((name) => name !== '' && !facts.get(name)?.values && !isWeight(name));
      // A product of two factors that both depend on the image is not linear.
      const alone = varying.length === 1 || !(LINEAR.has(operator) || operator === 'Mul' || operator === 'Div');
      // A linear operator on the output of a softmax or sigmoid mixes probabilities, so its output is bounded.
      if (LINEAR.has(operator) && alone && !isActivation(varying[0]!)) continue;
      if (!KEEPING_LINEAR.has(operator) || !alone) return false;
      const origins = varying.map((name) => originOf(graph, name)).filter((name) => !seen.has(name));
      for (const name of origins) {
        seen.add(name);
        left.push(name);
      }
    }
    return true;
  }

  /** Probabilities times a positive constant, such as per cent. */
  function scaledActivation(node: NodeProto) {
    const [a, b] = node.input as [string, string];
    const isFactor = (name: string | undefined) => {
      const tensor = name === undefined ? undefined : model.initializers.get(originOf(graph, name));
      return tensor && sizeOf(dimsOf(tensor)) === 1 ? (valuesOf(tensor)?.[0] ?? 0) > 0 : false;
    };
    const operator = operatorOf(node);
    if (operator !== 'Mul' && (operator !== 'Div' || !isFactor(b))) return undefined;
    const scaled = isFactor(b) ? a : isFactor(a) ? b : undefined;
    const maker = scaled === undefined ? undefined : graph.producer.get(originOf(graph, scaled));
    // A factor of log p would raise p to a power.
    if (!maker || operatorOf(maker) === 'LogSoftmax') return undefined;
    return activationAt(model, graph, facts, maker);
  }

  function isWeight(tensor: string): boolean {
    return model.initializers.has(originOf(graph, tensor));
  }

  function isActivation(tensor: string): boolean {
    const node = graph.producer.get(originOf(graph, tensor));
    return node !== undefined && entryOf(ACTIVATIONS, node) !== undefined;
  }
}

function activationAt(
  model: Model,
  graph: GraphIndex,
  facts: Facts,
  node: NodeProto,
): Pick<Ending, 'logits' | 'activation'> | undefined {
  const activation = entryOf(ACTIVATIONS, node);
  if (activation === 'sigmoid' || (activation && isOverClasses(model, facts, node)))
    return { logits: node.input[0]!, activation };
  if (operatorOf(node) === 'Exp') {
    const log = graph.producer.get(originOf(graph, node.input[0]!));
    return log && operatorOf(log) === 'LogSoftmax' ? activationAt(model, graph, facts, log) : undefined;
  }
  const logits = logitsOfQuotient(graph, facts, node);
  return logits === undefined ? undefined : { logits, activation: 'softmax' };
}

/** Whether a softmax runs over the classes. Before operator set 13 it ran over all axes from the given one on. */
function isOverClasses(model: Model, facts: Facts, node: NodeProto): boolean {
  const { dims } = facts.get(node.input[0]!)!;
  const since13 = model.opset >= 13;
  const axis = intAttribute(node, 'axis', since13 ? -1 : 1);
  const from = axis < 0 ? axis + dims.length : axis;
  return (since13 ? dims[from] : sizeOf(dims.slice(from))) === sizeOf(dims);
}

/** The logits of a softmax that is written out as exp(y) / sum(exp(y)), usually with the maximum subtracted from y. */
function logitsOfQuotient(graph: GraphIndex, facts: Facts, node: NodeProto): string | undefined {
  const made = (tensor: string | undefined, ...operators: readonly string[]) => {
    const maker = tensor === undefined ? undefined : graph.producer.get(originOf(graph, tensor));
    return maker && operators.includes(operatorOf(maker)) ? maker : undefined;
  };
  const size = (tensor: string) => sizeOf(facts.get(tensor)?.dims ?? []);
  const [above, below] = quotientOf();
  const exponential = made(above, 'Exp');
  const sum = made(below, 'ReduceSum', 'ReduceL1') ?? made(made(below, 'Expand')?.input[0], 'ReduceSum', 'ReduceL1');
  if (!exponential || !sum || made(sum.input[0], 'Exp') !== exponential || size(sum.output[0]!) !== 1) return undefined;
  let logits = exponential.input[0]!;
  // Subtracting the same value from all classes does not change the softmax.
  for (let shift = made(logits, 'Sub'); shift && isShift(shift); shift = made(logits, 'Sub')) logits = shift.input[0]!;
  return logits;

  function quotientOf(): (string | undefined)[] {
    const [a, b] = node.input;
    if (operatorOf(node) === 'Div') return [a, b];
    if (operatorOf(node) !== 'Mul') return [];
    const inverse = made(b, 'Reciprocal');
    return inverse ? [a, inverse.input[0]] : [b, made(a, 'Reciprocal')?.input[0]];
  }

  function isShift({ input, output }: NodeProto): boolean {
    return size(input[1]!) === 1 && size(input[0]!) === size(output[0]!);
  }
}
