/**
 * All that a method asks of a network about an image, or about each of N images, in one graph: what targets read of the image, the
 * layer's output, its gradient, and the scores of Group-CAM's blends. A device runs it without waiting for the program in between.
 */
import type { GraphProto } from 'onnx-buf';
import { GRADIENT } from '../cam/gradient';
import { assemble, modelValues } from '../cam/graph';
import { SCORE } from '../cam/transform';
import { createEmitter } from '../onnx/emit';
import { oneHot, reshape } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import { CLASSES } from '../target/class-scores';
import { type ExportedMethod, needsGradient, type StepsSpec, stepsOf } from './steps';

/** Names of the graph's inputs and outputs besides those of SCORE and GRADIENT; all are float32, and [N, ...] for N images. */
export const ONE_GRAPH = {
  /** [1] or [N, 1]: 1 if the fragment's own input, [N, classes] for N images, says what is differentiated, 0 for the score of the most probable class. */
  isAsked: 'group-cam:is-asked',
  /** p of every class for each blend, [N (1 + masks), classes]; the first one of each image is the blurred image. */
  scored: 'group-cam:scored',
} as const;

export interface OneGraphSpec extends Omit<StepsSpec, 'base' | 'image' | 'sums'> {
  readonly method: ExportedMethod;
}

/** @throws what `gradientGraph` throws */
export function oneGraph(spec: OneGraphSpec): GraphProto {
  const { model, facts, info, fragment, method, batch } = spec;
  const isMany = batch.images === 'any';
  const names = [...facts.keys()];
  const front = createEmitter('group-cam/image', model.opset, names);
  front.alias(modelValues(front, model, facts, info.input.name, SCORE.image), info.input.name);

  const e = createEmitter('group-cam/one', model.opset, names);
  const steps = stepsOf(e, { ...spec, base: 'group-cam/one', image: SCORE.image, sums: DataType.FLOAT });
  e.alias(steps.activations, SCORE.features);
  const isStartAsked = steps.started !== steps.activations && steps.started !== SCORE.image;
  if (isStartAsked) e.alias(steps.started, SCORE.start);
  const outputs = steps.outputs();
  for (const [name, tensor] of Object.entries(outputs)) e.alias(tensor, name);
  const gradient = needsGradient(method) ? steps.gradient(seed()) : undefined;
  if (gradient !== undefined) e.alias(gradient, GRADIENT.gradient);
  if (method.name === 'group-cam') {
    const { upsampled, count } = steps.masks(method, gradient);
    const scores = steps.probabilities(upsampled, count, method.blur);
    e.alias(reshape(e, scores, [-1, fragment.outputs[CLASSES.probabilities]!]), ONE_GRAPH.scored);
  }
  const [given] = fragment.inputs;
  const classes = fragment.outputs[CLASSES.probabilities]!;
  const seeds = isMany ? [{ name: given!.name, dims: [undefined, classes] }] : fragment.inputs;
  const asked = [{ name: ONE_GRAPH.isAsked, dims: isMany ? [undefined, 1] : [1] }, ...seeds];
  const image = facts.get(info.input.name)!.dims;
  return assemble(
    model,
    front,
    e,
    [
      { name: SCORE.image, dims: isMany ? [undefined, ...image.slice(1)] : image },
      ...(gradient === undefined ? [] : asked),
    ],
    [
      ...Object.keys(outputs),
      SCORE.features,
      ...(isStartAsked ? [SCORE.start] : []),
      ...(gradient === undefined ? [] : [GRADIENT.gradient]),
      ...(method.name === 'group-cam' ? [ONE_GRAPH.scored] : []),
    ],
    undefined,
    steps.shaped,
  );

  /** s, or one-hot for the most probable class; [N, classes]. */
  function seed(): string {
    const classes = fragment.outputs[CLASSES.probabilities]!;
    const top = oneHot(e, steps.topClass(outputs[CLASSES.probabilities]), classes);
    const share = e.op('Sub', [e.scalar(1), ONE_GRAPH.isAsked]);
    return e.op('Add', [reshape(e, fragment.inputs[0]!.name, [-1, classes]), e.op('Mul', [share, top])]);
  }
}
