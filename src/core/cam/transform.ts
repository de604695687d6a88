/**
 * Transform: the model with the perturbation in front. The graph blends the image with its blurred copy according to
 * each mask, and scores the blended images (Group-CAM, arXiv 2103.13859, section 3.2).
 */
import type { GraphProto } from 'onnx-buf';
import { createEmitter, type Emitter } from '../onnx/emit';
import { type Facts, valueInfo } from '../onnx/facts';
import type { Model } from '../onnx/model';
import { unsqueeze } from '../onnx/ops';
import { DataType } from '../onnx/tensors';
import type { Fragment } from '../target/target';
import { assemble, modelValues, realValues, valuesRead } from './graph';

/** Names of the graph's inputs and outputs; all are float32. The fragment's outputs come before the features. */
export const SCORE = {
  /** I, preprocessed, in the model's layout, [1, C, H, W] or [1, H, W, C]; or N images, one for each mask. */
  image: 'group-cam:image',
  /** B, in the same layout. If B = I, every blend is I whatever the mask. */
  blurred: 'group-cam:blurred',
  /** Masks within [0, 1], [N, height, width], of any size. A mask of zeros gives B. */
  masks: 'group-cam:masks',
  /** Matrices that resample masks to the input's size, [N, height, mask height] and [N, mask width, width]; or [1, ...] if all masks share them. */
  rows: 'group-cam:rows',
  columns: 'group-cam:columns',
  /** A, the target layer's output, [N, ...]. */
  features: 'group-cam:features',
  /** The values of `start`, [N, ...]. */
  start: 'group-cam:start',
} as const;

/** The tensors of a model between which images are blended and features are read. */
export interface Between {
  readonly input: string;
  readonly layout: 'NCHW' | 'NHWC';
  readonly layer: string;
  /** A tensor between the input and the layer from whose values the layer's gradient is computed, if it is neither of them. */
  readonly start?: string;
}

/**
 * @param facts of the model at batch 1
 * @param target without a layer or a start, SCORE.features or SCORE.start is no output
 */
export function scoreGraph(
  model: Model,
  facts: Facts,
  target: Omit<Between, 'layer'> & Partial<Between>,
  fragment: Fragment,
): GraphProto {
  const names = [...facts.keys()];
  const front = createEmitter('group-cam/transform', model.opset, names);
  const { dims } = facts.get(target.input)!;
  const blended = blend(front, target.layout);
  front.alias(modelValues(front, model, facts, target.input, blended), target.input);

  const end = createEmitter('group-cam/score', model.opset, names);
  fragment.forward(end, valuesRead(end, facts, fragment));
  const tensors = addTensors(end, model, facts, target);

  const image = [undefined, ...dims.slice(1)];
  return assemble(
    model,
    front,
    end,
    [
      { name: SCORE.image, dims: image },
      { name: SCORE.blurred, dims: image },
      { name: SCORE.masks, dims: [undefined, undefined, undefined] },
      { name: SCORE.rows, dims: [undefined, undefined, undefined] },
      { name: SCORE.columns, dims: [undefined, undefined, undefined] },
    ],
    [...Object.keys(fragment.outputs), ...tensors],
    undefined,
    [valueInfo(blended, DataType.FLOAT, ['group-cam:batch', ...dims.slice(1)])],
  );
}

/**
 * The model without the blend: the fragment's outputs for SCORE.image, [N, ...].
 *
 * @param target with a layer or a start, SCORE.features or SCORE.start is an output too
 */
export function imageGraph(
  model: Model,
  facts: Facts,
  target: Pick<Between, 'input'> & Partial<Between>,
  fragment: Fragment,
): GraphProto {
  const { input } = target;
  const names = [...facts.keys()];
  const front = createEmitter('group-cam/image', model.opset, names);
  front.alias(modelValues(front, model, facts, input, SCORE.image), input);
  const end = createEmitter('group-cam/score', model.opset, names);
  fragment.forward(end, valuesRead(end, facts, fragment));
  const outputs = [...Object.keys(fragment.outputs), ...addTensors(end, model, facts, target)];
  const image = [undefined, ...facts.get(input)!.dims.slice(1)];
  return assemble(model, front, end, [{ name: SCORE.image, dims: image }], outputs);
}

/** Adds the outputs of the tensors that are asked for. @returns their names */
function addTensors(end: Emitter, model: Model, facts: Facts, { layer, start }: Partial<Between>): string[] {
  return [[layer, SCORE.features] as const, [start, SCORE.start] as const].flatMap(([tensor, name]) => {
    if (tensor === undefined) return [];
    end.alias(realValues(end, model, facts, tensor), name);
    return [name];
  });
}

/**
 * Equation 5, I_l = I M'_l + B (1 - M'_l), as B + M'_l (I - B), with M'_l the upsampled mask. Masks are upsampled by
 * two matrix products, which are the same in every operator set; `Resize` has half-pixel centres only since 11.
 */
function blend(emit: Emitter, layout: 'NCHW' | 'NHWC'): string {
  const upsampled = emit.op('MatMul', [emit.op('MatMul', [SCORE.rows, SCORE.masks]), SCORE.columns]);
  const mask = unsqueeze(emit, upsampled, [layout === 'NCHW' ? 1 : 3]);
  const difference = emit.op('Sub', [SCORE.image, SCORE.blurred]);
  return emit.op('Add', [SCORE.blurred, emit.op('Mul', [mask, difference])]);
}
