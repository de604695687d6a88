/**
 * The gradient d y_c / dA as a graph, which runs forward from the target layer or the input to the logits, and
 * backward.
 */
import type { GraphProto } from 'onnx-buf';
import { appendGradient } from '../gradients/driver';
import type { RuleTable } from '../gradients/rule';
import { RULES } from '../gradients/rule-table';
import { createEmitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import type { Model } from '../onnx/model';
import { DataType } from '../onnx/tensors';
import type { Link } from '../output';
import { assemble, cast, modelValues, realGradient } from './graph';
import { seedBefore } from './link';

/** Names of the graph's inputs and outputs; all are float32. */
export const GRADIENT = {
  /** The values of `source`, for one image. */
  source: 'group-cam:source',
  /** A number for every class, in the logits' dimensions; one-hot for one class. */
  seed: 'group-cam:seed',
  /** In the dimensions of `wrt`. */
  gradient: 'group-cam:gradient',
} as const;

export interface GradientTarget {
  /** The tensor at which the forward pass starts: one that every path to the logits runs through, or the input. */
  readonly source: string;
  readonly wrt: string;
  readonly logits: string;
  readonly link: Link;
}

/**
 * Builds the gradient graph. It keeps only those nodes of the forward pass whose results the gradient reads; if only a
 * global pooling and one linear layer lie downstream, there are none.
 *
 * @param facts of the model at batch 1, which the graph is bound to
 * @param rules the derivatives, or other rules such as those of guided backpropagation
 * @throws what `appendGradient` throws
 */
export function gradientGraph(
  model: Model,
  facts: Facts,
  { source, wrt, logits, link }: GradientTarget,
  rules: RuleTable = RULES,
): GraphProto {
  const names = [...facts.keys()];
  const [sourceFact, logitsFact] = [facts.get(source)!, facts.get(logits)!];
  const front = createEmitter('group-cam/source', model.opset, names);
  front.alias(modelValues(front, model, facts, source, GRADIENT.source), source);
  const middle = createEmitter('group-cam/link', model.opset, names);
  const values = cast(middle, logits, logitsFact.dtype, DataType.FLOAT);
  const seed = cast(middle, seedBefore(middle, values, link, GRADIENT.seed), DataType.FLOAT, logitsFact.dtype);

  const end = createEmitter('group-cam/gradient', model.opset, names);
  const { node } = model.graph;
  const gradient = appendGradient(end, { nodes: node, facts, score: logits, seed, wrt: [wrt] }, rules).get(wrt)!;
  end.alias(realGradient(end, model, facts, wrt, gradient), GRADIENT.gradient);

  const known = [...facts].filter(([name, { values }]) => values && !model.initializers.has(name));
  return assemble(
    model,
    front,
    { ...end, nodes: [...middle.nodes, ...end.nodes], initializers: [...middle.initializers, ...end.initializers] },
    [
      { name: GRADIENT.source, dims: sourceFact.dims },
      { name: GRADIENT.seed, dims: logitsFact.dims },
    ],
    [GRADIENT.gradient],
    new Map(known),
  );
}
