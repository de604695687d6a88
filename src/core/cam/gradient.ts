/**
 * The gradient of a target, such as d y_c / dA, as a graph, which runs forward from the target layer or the input to the
 * target's fragment, and backward.
 */
import type { GraphProto } from 'onnx-buf';
import { appendGradient } from '../gradients/driver';
import type { RuleTable } from '../gradients/rule';
import { RULES } from '../gradients/rule-table';
import { createEmitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import type { Model } from '../onnx/model';
import { DataType } from '../onnx/tensors';
import type { Fragment } from '../target/target';
import { assemble, cast, modelValues, realGradient, valuesRead } from './graph';

/** Names of the graph's inputs and outputs, beside the fragment's inputs; all are float32. */
export const GRADIENT = {
  /** The values of `source`, for one image. */
  source: 'group-cam:source',
  /** In the dimensions of `wrt`. */
  gradient: 'group-cam:gradient',
} as const;

export interface GradientEnds {
  /** The tensor at which the forward pass starts: one that every path to the fragment runs through, or the input. */
  readonly source: string;
  readonly wrt: string;
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
  { source, wrt }: GradientEnds,
  fragment: Fragment,
  rules: RuleTable = RULES,
): GraphProto {
  const names = [...facts.keys()];
  const front = createEmitter('group-cam/source', model.opset, names);
  front.alias(modelValues(front, model, facts, source, GRADIENT.source), source);
  const middle = createEmitter('group-cam/link', model.opset, names);
  const cotangents = fragment.backward(middle, valuesRead(middle, facts, fragment));
  const seeds = new Map(
    fragment.reads.map((tensor, i) => [tensor, cast(middle, cotangents[i]!, DataType.FLOAT, facts.get(tensor)!.dtype)]),
  );

  const end = createEmitter('group-cam/gradient', model.opset, names);
  const { node } = model.graph;
  const gradient = appendGradient(end, { nodes: node, facts, seeds, wrt: [wrt] }, rules).get(wrt)!;
  end.alias(realGradient(end, model, facts, wrt, gradient), GRADIENT.gradient);

  const known = [...facts].filter(([name, { values }]) => values && !model.initializers.has(name));
  return assemble(
    model,
    front,
    { ...end, nodes: [...middle.nodes, ...end.nodes], initializers: [...middle.initializers, ...end.initializers] },
    [{ name: GRADIENT.source, dims: facts.get(source)!.dims }, ...fragment.inputs],
    [GRADIENT.gradient],
    new Map(known),
  );
}
