/** Finds the last linear layer of a network, which can be trained alone. */
import type { Facts } from '../../onnx/facts';
import { indexGraph, originOf } from '../../onnx/graph';
import { floatAttribute, intAttribute, type Model } from '../../onnx/model';
import { operatorOf } from '../../onnx/operators';
import { sizeOf } from '../../onnx/tensors';

/** logits = scale W x + biasScale b, for features x of one image. */
export interface Head {
  /** The tensor with x, K values for each image. */
  readonly features: string;
  readonly size: number;
  /** Number of logits, the rows of W. */
  readonly rows: number;
  /** The initializer with W: [rows, K] or [K, rows]. */
  readonly weight: string;
  readonly rowsFirst: boolean;
  readonly scale: number;
  /** The initializer with b, [rows]. */
  readonly bias?: string;
  readonly biasScale: number;
}

/**
 * @param facts at batch 1
 * @param logits the tensor that the layer makes, before softmax or sigmoid
 * @returns undefined if the logits are not made by one linear layer with constant weights
 */
export function headOf(model: Model, facts: Facts, logits: string): Head | undefined {
  const { producer } = indexGraph(model.graph.node);
  const origin = (tensor: string) => originOf(producer, tensor);
  const isConstant = (name: string | undefined) => name !== undefined && model.initializers.has(name);
  const elements = (name: string) => sizeOf(facts.get(name)?.dims ?? []);
  const rows = elements(logits);

  let linear = origin(logits);
  let bias: string | undefined;
  if (linear && operatorOf(linear) === 'Add') {
    const [a, b] = linear.input as [string, string];
    bias = isConstant(b) ? b : isConstant(a) ? a : undefined;
    if (bias === undefined) return undefined;
    linear = origin(bias === b ? a : b);
  }
  const [features, weight, ownBias] = linear?.input ?? [];
  if (!linear || features === undefined || weight === undefined || !isConstant(weight)) return undefined;
  const operator = operatorOf(linear);
  if (!LINEAR.has(operator) || intAttribute(linear, 'transA', 0) === 1) return undefined;
  if (ownBias) {
    if (bias !== undefined || !isConstant(ownBias)) return undefined;
    bias = ownBias;
  }
  const size = elements(features);
  if (elements(weight) !== rows * size || (bias !== undefined && elements(bias) !== rows)) return undefined;
  return {
    features,
    size,
    rows,
    weight,
    rowsFirst: operator === 'Conv' || intAttribute(linear, 'transB', 0) === 1,
    scale: floatAttribute(linear, 'alpha', 1),
    ...(bias !== undefined && { bias }),
    biasScale: ownBias ? floatAttribute(linear, 'beta', 1) : 1,
  };
}

/** A Conv on a single pixel is a linear layer too. */
const LINEAR: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv']);
