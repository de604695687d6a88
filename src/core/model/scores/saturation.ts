/**
 * Scores that are made of integers, as at the end of a quantised network. A score at an end of the integers' range may stand
 * for any value beyond it, and its gradient is 0 there.
 */
import type { Facts } from '../../onnx/facts';
import type { GraphIndex } from '../../onnx/graph';
import { microsoft, operatorOf, RESHAPING } from '../../onnx/operators';
import { INTEGER_RANGES } from '../../onnx/quantisation';
import type { IntegerScores } from '../../output';

const DEQUANTIZING: ReadonlySet<string> = new Set(['DequantizeLinear', ...microsoft('DequantizeLinear')]);

/** @returns undefined for scores that are no integers, or whose scale is not known before a run */
export function integerScores(graph: GraphIndex, facts: Facts, logits: string): IntegerScores | undefined {
  let node = graph.producer.get(logits);
  while (node && RESHAPING.includes(operatorOf(node))) node = graph.producer.get(node.input[0]!);
  if (!node || !DEQUANTIZING.has(operatorOf(node))) return undefined;
  const [integers, scale, zero] = node.input as [string, string, string?];
  const range = INTEGER_RANGES[facts.get(integers)?.dtype ?? 0];
  const steps = facts.get(scale)?.values;
  const zeros = zero ? facts.get(zero)?.values : [0];
  if (!range || steps?.length !== 1 || zeros?.length !== 1) return undefined;
  const [lowest, highest] = range.map((end) => (end - zeros[0]!) * steps[0]!) as [number, number];
  return { lowest, highest, step: steps[0]! };
}
