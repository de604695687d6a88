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
import type { Activation, Link } from '../output';
import { assemble, cast, modelValues, realValues } from './graph';
import { linked } from './link';

/** Names of the graph's inputs and outputs; all are float32. */
export const SCORE = {
  /** I, preprocessed, in the model's layout, [1, C, H, W] or [1, H, W, C]; or N images, one for each mask. */
  image: 'group-cam:image',
  /** B, in the same layout. If B = I, every blend is I whatever the mask. */
  blurred: 'group-cam:blurred',
  /** Masks within [0, 1], [N, u, v], of any size. A mask of zeros gives B. */
  masks: 'group-cam:masks',
  /** Matrices that resample masks to the input's size, [N, H, u] and [N, v, W]; or [1, ...] if all masks share them. */
  rows: 'group-cam:rows',
  columns: 'group-cam:columns',
  /** y and p of every class, [N, classes]. */
  logits: 'group-cam:logits',
  probabilities: 'group-cam:probabilities',
  /** A, the target layer's output, [N, ...]. */
  features: 'group-cam:features',
} as const;

export interface ScoreTarget {
  readonly input: string;
  readonly layout: 'NCHW' | 'NHWC';
  readonly logits: string;
  readonly link: Link;
  readonly activation: Activation;
  readonly layer: string;
}

/** @param facts of the model at batch 1 */
export function scoreGraph(model: Model, facts: Facts, target: ScoreTarget): GraphProto {
  const names = [...facts.keys()];
  const front = createEmitter('group-cam/transform', model.opset, names);
  const { dims } = facts.get(target.input)!;
  const blended = blend(front, target.layout);
  front.alias(modelValues(front, model, facts, target.input, blended), target.input);

  const end = createEmitter('group-cam/score', model.opset, names);
  appendScores(end, facts, target);
  end.alias(realValues(end, model, facts, target.layer), SCORE.features);

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
    [SCORE.logits, SCORE.probabilities, SCORE.features],
    undefined,
    [valueInfo(blended, DataType.FLOAT, ['group-cam:batch', ...dims.slice(1)])],
  );
}

/** The model without the blend: SCORE.logits and SCORE.probabilities of SCORE.image, [N, ...]. */
export function imageGraph(model: Model, facts: Facts, target: ScoreTarget): GraphProto {
  const names = [...facts.keys()];
  const front = createEmitter('group-cam/image', model.opset, names);
  front.alias(modelValues(front, model, facts, target.input, SCORE.image), target.input);
  const end = createEmitter('group-cam/score', model.opset, names);
  appendScores(end, facts, target);
  const image = [undefined, ...facts.get(target.input)!.dims.slice(1)];
  return assemble(model, front, end, [{ name: SCORE.image, dims: image }], [SCORE.logits, SCORE.probabilities]);
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

const OPERATORS = { softmax: 'Softmax', sigmoid: 'Sigmoid' } as const;

/** Adds the nodes that compute SCORE.logits and SCORE.probabilities. */
export function appendScores(
  emit: Emitter,
  facts: Facts,
  { logits, link, activation }: Pick<ScoreTarget, 'logits' | 'link' | 'activation'>,
): void {
  const values = cast(emit, logits, facts.get(logits)!.dtype, DataType.FLOAT);
  const flat = emit.op('Flatten', [values], { axis: { int: 1 } });
  emit.alias(linked(emit, flat, link), SCORE.logits);
  const attributes = activation === 'softmax' ? { axis: { int: 1 } } : {};
  emit.alias(activation === 'none' ? flat : emit.op(OPERATORS[activation], [flat], attributes), SCORE.probabilities);
}
