/**
 * Logits computed from probabilities, for models that have no logits: the inverse of softmax or sigmoid, and its
 * derivative.
 */
import type { Emitter } from '../onnx/emit';
import { DataType } from '../onnx/tensors';
import type { Link } from '../output';

/** This is added to p, so that the logarithm and its slope are finite at p = 0. */
const TINY = 1e-30;

const overZero = (e: Emitter, p: string, type: DataType) => e.op('Add', [p, e.scalar(TINY, type)]);
const complement = (e: Emitter, p: string, type: DataType) => e.op('Sub', [e.scalar(1, type), p]);
const log = (e: Emitter, p: string, type: DataType) => e.op('Log', [overZero(e, p, type)]);

/**
 * @param values the model's scores
 * @param type of the scores, float32 or float64
 */
export function linked(emit: Emitter, values: string, link: Link, type = DataType.FLOAT): string {
  if (link === 'identity') return values;
  if (link === 'log') return log(emit, values, type);
  return emit.op('Sub', [log(emit, values, type), log(emit, complement(emit, values, type), type)]);
}

/** The gradient with respect to the scores from the gradient with respect to the logits, both of the given type. */
export function seedBefore(emit: Emitter, values: string, link: Link, seed: string, type = DataType.FLOAT): string {
  if (link === 'identity') return seed;
  const part = emit.op('Div', [seed, overZero(emit, values, type)]);
  if (link === 'log') return part;
  return emit.op('Add', [part, emit.op('Div', [seed, overZero(emit, complement(emit, values, type), type)])]);
}
