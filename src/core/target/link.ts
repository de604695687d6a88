/**
 * Logits computed from probabilities, for models that have no logits: the inverse of softmax or sigmoid, and its
 * derivative.
 */
import type { Emitter } from '../onnx/emit';
import type { Link } from '../output';

/** This is added to p, so that the logarithm and its slope are finite at p = 0. */
const TINY = 1e-30;

const overZero = (e: Emitter, p: string) => e.op('Add', [p, e.scalar(TINY)]);
const complement = (e: Emitter, p: string) => e.op('Sub', [e.scalar(1), p]);
const log = (e: Emitter, p: string) => e.op('Log', [overZero(e, p)]);

/** @param values the model's scores, float32 */
export function linked(emit: Emitter, values: string, link: Link): string {
  if (link === 'identity') return values;
  if (link === 'log') return log(emit, values);
  return emit.op('Sub', [log(emit, values), log(emit, complement(emit, values))]);
}

/** The gradient with respect to the scores, float32, from the gradient with respect to the logits. */
export function seedBefore(emit: Emitter, values: string, link: Link, seed: string): string {
  if (link === 'identity') return seed;
  const part = emit.op('Div', [seed, overZero(emit, values)]);
  if (link === 'log') return part;
  return emit.op('Add', [part, emit.op('Div', [seed, overZero(emit, complement(emit, values))])]);
}
