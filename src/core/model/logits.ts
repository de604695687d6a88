/** Where a model's class scores are: the output, and the tensor before softmax or sigmoid. */
import type { NodeProto } from 'onnx-buf';
import { errors } from '../errors';
import type { Facts } from '../onnx/facts';
import { type GraphIndex, indexGraph, tensorsDependingOn } from '../onnx/graph';
import { intAttribute, type Model } from '../onnx/model';
import { entryOf, microsoft, operatorOf } from '../onnx/operators';
import { FLOATS, sizeOf } from '../onnx/tensors';
import type { Activation } from '../types';

export interface Scores {
  /** The graph's output. */
  readonly output: string;
  /** The tensor before the activation; with one value a class, in the classes' order. */
  readonly logits: string;
  /** undefined: the graph does not end in one, so it gives the logits. */
  readonly activation: Exclude<Activation, 'none'> | undefined;
  readonly classes: number;
}

/** Operators at a graph's end that keep each class's value, in order. */
const PASSING: ReadonlySet<string> = new Set([
  'Identity',
  'Dropout',
  'Cast',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'QuantizeLinear',
  'DequantizeLinear',
  ...microsoft('QuantizeLinear', 'DequantizeLinear'),
]);

/** log p has the logits of p. */
const ACTIVATIONS: Readonly<Record<string, Scores['activation']>> = {
  Softmax: 'softmax',
  LogSoftmax: 'softmax',
  Sigmoid: 'sigmoid',
};

/**
 * The class scores: the output named by the conventions, else the one of the shape [N, classes] (further axes of size 1
 * allowed) with the most telling name, else the first.
 *
 * @param facts at batch 1
 * @param wanted an output's name
 * @throws no-scores
 */
export function findScores(model: Model, facts: Facts, input: string, wanted?: string): Scores {
  const graph = indexGraph(model.graph.node);
  const names = model.graph.output.map(({ name }) => name);
  const dependent = tensorsDependingOn(graph, [input]);
  const candidates = names.filter((name) => dependent.has(name) && isScores(facts, name));
  const output = wanted === undefined ? mostTelling(candidates) : candidates.find((name) => name === wanted);
  if (output === undefined)
    throw errors.noScores(
      model.file,
      names.map((name) => describe(facts, name)),
    );
  return { output, ...beforeActivation(model, graph, facts, output), classes: sizeOf(facts.get(output)!.dims) };
}

function isScores(facts: Facts, name: string): boolean {
  const fact = facts.get(name);
  if (!fact || !FLOATS.has(fact.dtype)) return false;
  return fact.dims.length >= 2 && fact.dims[0] === 1 && fact.dims.filter((dim) => dim !== 1).length <= 1;
}

/** Names of outputs with class scores, best first. */
const TELLING = [/logit/i, /prob/i, /score|class|label|pred/i];

function mostTelling(names: readonly string[]): string | undefined {
  const pattern = TELLING.find((telling) => names.some((name) => telling.test(name)));
  return pattern ? names.find((name) => pattern.test(name)) : names[0];
}

function describe(facts: Facts, name: string): string {
  return `${name} [${facts.get(name)?.dims.join(', ') ?? '?'}]`;
}

function beforeActivation(model: Model, graph: GraphIndex, facts: Facts, output: string) {
  for (let tensor = output; ; ) {
    const node = graph.producer.get(tensor);
    const activation = node && entryOf(ACTIVATIONS, node);
    if (activation && (activation === 'sigmoid' || isOverClasses(model, facts, node)))
      return { logits: node.input[0]!, activation };
    if (!node || !PASSING.has(operatorOf(node))) return { logits: output, activation: undefined };
    tensor = node.input[0]!;
  }
}

/** Until operator set 13, softmax ran over all axes from the given one on. */
function isOverClasses(model: Model, facts: Facts, node: NodeProto): boolean {
  const { dims } = facts.get(node.input[0]!)!;
  const since13 = model.opset >= 13;
  const axis = intAttribute(node, 'axis', since13 ? -1 : 1);
  const from = axis < 0 ? axis + dims.length : axis;
  return (since13 ? dims[from] : sizeOf(dims.slice(from))) === sizeOf(dims);
}
