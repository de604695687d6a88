/** The forms in which a graph has the scores of N images. */
import type { Emitter } from '../onnx/emit';
import { reshape } from '../onnx/ops';
import { sizeOf } from '../onnx/tensors';

export interface FormOfScores {
  /** Whether there is a single score of two classes. */
  readonly isPair: boolean;
  /** Adds a node that gives [N, scores of an image]. */
  rows(emit: Emitter, scores: string): string;
}

/** @param dims of the scores: [N, classes] and further axes of size 1, or [classes] in a graph that has no axis of images */
export function formOfScores(dims: readonly number[], classes: number, images: number): FormOfScores {
  const isRow = dims.length === 1 && dims[0] !== images;
  return {
    isPair: classes === 2 && !isRow && sizeOf(dims.slice(1)) === 1,
    rows: (emit, scores) =>
      isRow ? reshape(emit, scores, [1, classes]) : emit.op('Flatten', [scores], { axis: { int: 1 } }),
  };
}
