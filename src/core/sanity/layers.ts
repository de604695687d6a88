/** Finds the weights of a network, layer by layer. */
import type { NodeProto } from 'onnx-buf';
import { type GraphIndex, indexGraph, nodesLeadingTo, tensorsDependingOn } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { entryOf, operatorOf } from '../onnx/operators';
import type { TensorProto } from '../onnx/tensors';
import { isRandomisable } from './randomise';

/** A node with learned weights. */
export interface WeightLayer {
  /** The node's name, or the name of its output. */
  readonly name: string;
  /** Names of initializers: its weight, and its bias if it has one. */
  readonly weights: readonly string[];
}

/**
 * Indices of the inputs that are weights or biases, by operator. The parameters of normalisations are kept, since
 * random variances could be negative, and since a map should change because learned features are lost, not because a
 * scale is.
 */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  Einsum: [0, 1, 2],
  QLinearConv: [3, 8],
  QLinearMatMul: [0, 3],
  ConvInteger: [1],
  MatMulInteger: [0, 1],
  'com.microsoft:Attention': [1, 2],
  'com.microsoft:DynamicQuantizeMatMul': [1],
  'com.microsoft:FusedConv': [1, 2],
  'com.microsoft:FusedGemm': [0, 1, 2],
  'com.microsoft:FusedMatMul': [0, 1],
  'com.microsoft:MatMulIntegerToFloat': [1],
  'com.microsoft:NhwcFusedConv': [1, 2],
  'com.microsoft:QGemm': [3, 6],
  'com.microsoft:QLinearConv': [3, 8],
  'com.microsoft.nchwc:Conv': [1, 2],
};

/**
 * The layers between the image and the logits, in reverse order: the layer of the logits is first. Weights that two
 * layers share belong to the later layer.
 */
export function weightLayers({ graph, initializers }: Model, input: string, logits: string): WeightLayer[] {
  const index = indexGraph(graph.node);
  const ofImage = tensorsDependingOn(index, [input]);
  const taken = new Set<string>();
  const layers: WeightLayer[] = [];
  for (const node of nodesLeadingTo(index, [logits]).toReversed()) {
    if (!node.output.some((name) => ofImage.has(name))) continue;
    const read = (entryOf(WEIGHTS, node) ?? [])
      .map((at) => node.input[at])
      .filter((name) => name && !ofImage.has(name));
    const weights = [...read, ...addedBias(index, node, ofImage)].flatMap((name) =>
      sourceOf(index, initializers, name!),
    );
    const own = weights.filter((name) => !taken.has(name));
    for (const name of own) taken.add(name);
    if (own.length > 0) layers.push({ name: node.name || node.output[0]!, weights: own });
  }
  return layers;
}

/** The bias of a matrix product, which the next node adds. */
function addedBias({ consumers }: GraphIndex, node: NodeProto, ofImage: ReadonlySet<string>): readonly string[] {
  if (!operatorOf(node).includes('MatMul')) return [];
  const next = consumers.get(node.output[0]!) ?? [];
  return next.length === 1 && operatorOf(next[0]!) === 'Add' ? next[0]!.input.filter((name) => !ofImage.has(name)) : [];
}

/** The initializer that a constant is computed from, for example by DequantizeLinear or Transpose. */
function sourceOf(
  { producer }: GraphIndex,
  initializers: ReadonlyMap<string, TensorProto>,
  constant: string,
): readonly string[] {
  let name = constant;
  for (let node = producer.get(name); node; node = producer.get(name)) name = node.input[0] ?? '';
  const tensor = initializers.get(name);
  return tensor && isRandomisable(tensor.dataType) ? [name] : [];
}

/**
 * How many layers, from the last one on, are re-randomised at each step of a cascade: 1 in the first step, all in the
 * last, and evenly spaced numbers between, at most `steps` in all.
 */
export function depthsOf(layers: number, steps: number): number[] {
  const count = Math.min(layers, steps);
  const depth = (i: number) => (count === 1 ? layers : 1 + Math.round((i * (layers - 1)) / (count - 1)));
  return Array.from({ length: count }, (_, i) => depth(i));
}
