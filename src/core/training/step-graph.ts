/**
 * A training step as a graph: parameters, images and labels in; the loss of each image, the scores, and the gradient of
 * the mean loss by each parameter out. Only what is trained is an input, and the backward pass ends at the first trained
 * parameter, so that a step of the head alone costs no more than the network forwards.
 */
import type { GraphProto, NodeProto } from 'onnx-buf';
import { assemble, cast, modelValues, valuesRead } from '../cam/graph';
import { appendGradient } from '../gradients/driver';
import type { RuleTable } from '../gradients/rule';
import { RULES } from '../gradients/rule-table';
import { createEmitter } from '../onnx/emit';
import { type Facts, SIZE_ONLY, type TensorFact } from '../onnx/facts';
import { indexGraph, tensorsDependingOn } from '../onnx/graph';
import { type Model, withGraph } from '../onnx/model';
import { operatorOf } from '../onnx/operators';
import { changed } from '../onnx/rewrite/rename';
import { DataType } from '../onnx/tensors';
import { CLASSES, classScores, type ScoresOf } from '../target/class-scores';
import { crossEntropy, LOSS } from '../target/loss';
import type { Parameter } from './parameters';

/** Names of the graph's inputs and outputs, beside the parameters, which are inputs by their own names. */
export const STEP = {
  /** The prepared images in the input's dimensions, float32. */
  image: 'group-cam:image',
  /** t, float32 [N, classes]: one-hot, several ones, or soft. */
  labels: LOSS.labels,
  /** In nats, [N]; float64 for a model that computes in it, else float32. */
  loss: LOSS.loss,
  /** y and p of every class, float32 [N, classes]. */
  logits: CLASSES.logits,
  probabilities: CLASSES.probabilities,
  /** d(mean loss) / d(parameter), in its dimensions and its `trainedType`. */
  gradientOf: (parameter: string) => `group-cam:gradient-of:${parameter}`,
} as const;

/** The type in which a parameter is fed and its gradient comes back: a float16 is trained as float32. */
export function trainedType({ dtype }: Pick<Parameter, 'dtype'>): DataType {
  return dtype === DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
}

export interface Step {
  /** The model's image input. */
  readonly input: string;
  /** What is trained, of `parametersOf`. */
  readonly parameters: readonly Parameter[];
  readonly output: ScoresOf;
}

/**
 * @param facts of the model at the batch N that the graph is for
 * @param rules the derivatives; `CPU_RULES` on a CPU
 * @throws unsupported-operator, not-connected, gradient-rule
 */
export function stepGraph(model: Model, facts: Facts, step: Step, rules: RuleTable = RULES): GraphProto {
  const { input, parameters, output } = step;
  const names = [...facts.keys(), ...parameters.map(({ name }) => name)];
  const front = createEmitter('group-cam/parameters', model.opset, names);
  front.alias(modelValues(front, model, facts, input, STEP.image), input);
  const used = new Map(
    parameters.map((parameter) => [
      parameter.name,
      cast(front, parameter.name, trainedType(parameter), parameter.dtype),
    ]),
  );
  const trained = withUsed(model, facts, used);

  const middle = createEmitter('group-cam/loss', model.opset, names);
  const images = facts.get(input)!.dims[0]!;
  const loss = crossEntropy(output, facts, images);
  const real = cast(middle, output.logits, facts.get(output.logits)!.dtype, loss.type);
  loss.forward(middle, [real]);
  // What a model gives as probabilities needs no activation to become such.
  const scores = classScores(output.link === 'identity' ? output : { ...output, activation: 'none' }, facts, images);
  scores.forward(middle, valuesRead(middle, facts, scores));
  const [slope] = loss.backward(middle, [real]);
  const seed = cast(middle, slope!, loss.type, facts.get(output.logits)!.dtype);

  const end = createEmitter('group-cam/gradient', model.opset, names);
  const gradients = appendGradient(
    end,
    {
      nodes: trained.model.graph.node,
      facts: trained.facts,
      seeds: new Map([[output.logits, seed]]),
      wrt: [...used.values()],
    },
    rules,
  );
  const outputs = parameters.map((parameter) => {
    const gradient = gradients.get(used.get(parameter.name)!)!;
    return end.alias(cast(end, gradient, parameter.dtype, trainedType(parameter)), STEP.gradientOf(parameter.name));
  });

  const isKnown = ([name, { values }]: [string, TensorFact]) => values && !model.initializers.has(name);
  return assemble(
    trained.model,
    front,
    { ...end, nodes: [...middle.nodes, ...end.nodes], initializers: [...middle.initializers, ...end.initializers] },
    [
      { name: STEP.image, dims: facts.get(input)!.dims },
      ...loss.inputs,
      ...parameters.map((parameter) => ({ ...parameter, dtype: trainedType(parameter) })),
    ],
    [STEP.loss, STEP.logits, STEP.probabilities, ...outputs],
    new Map([...trained.facts].filter(isKnown)),
  );
}

/**
 * The model whose nodes read its parameters by the names in `used`, with no values of what depends on them: they change
 * from step to step.
 */
function withUsed(
  model: Model,
  facts: Facts,
  used: ReadonlyMap<string, string>,
): { readonly model: Model; readonly facts: Facts } {
  const node: NodeProto[] = model.graph.node.map((each) =>
    each.input.some((name) => used.has(name))
      ? changed(each, { input: each.input.map((name) => used.get(name) ?? name) })
      : each,
  );
  const initializer = model.graph.initializer.filter(({ name }) => !used.has(name));
  const changing = tensorsDependingOn(indexGraph(node), used.values(), (each) => !SIZE_ONLY.has(operatorOf(each)));
  const known = [...facts, ...[...used].map(([name, other]): [string, TensorFact] => [other, facts.get(name)!])];
  return {
    model: withGraph(model, { ...model.graph, node, initializer }),
    facts: new Map(
      known.map(([name, { dtype, dims, values }]) => [
        name,
        changing.has(name) || values === undefined ? { dtype, dims } : { dtype, dims, values },
      ]),
    ),
  };
}
