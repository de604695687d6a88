/** Finds a linear head: logits that are linear in the global average of a layer's channels (CAM, arXiv 1512.04150). */
import type { GraphProto, NodeProto } from 'onnx-buf';
import type { LayerInfo } from '../model/info';
import { createEmitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import { indexGraph, originOf } from '../onnx/graph';
import { floatAttribute, intAttribute, intsAttribute, type Model } from '../onnx/model';
import { operatorOf, RESHAPING } from '../onnx/operators';
import { reshape, transpose } from '../onnx/ops';
import { DataType, sizeOf } from '../onnx/tensors';
import { assemble, cast } from './graph';

/** Name of the graph's only output, float32, [classes, K]. */
export const LINEAR_WEIGHTS = 'group-cam:weights';

/**
 * The graph, without inputs, that computes the weights. The result is undefined if anything but pooling, reshapes and
 * one linear operator with a constant weight lies between the layer and the logits.
 */
export function linearHeadGraph(
  model: Model,
  facts: Facts,
  { tensor: layer, arrangement, channels }: LayerInfo,
  logits: string,
): GraphProto | undefined {
  const { producer } = indexGraph(model.graph.node);
  const isConstant = (name: string | undefined) => name !== undefined && model.initializers.has(name);

  const origin = (tensor: string) => originOf(producer, tensor);
  const isLayer = (tensor: string): boolean => {
    if (tensor === layer) return true;
    const node = producer.get(tensor);
    // Average pooling is often exported together with a Pad that adds no elements.
    const same = node && (operatorOf(node) === 'Pad' || RESHAPING.includes(operatorOf(node)));
    return Boolean(same) && String(dims(tensor)) === String(dims(layer)) && isLayer(node!.input[0]!);
  };
  const dims = (tensor: string) => facts.get(tensor)?.dims ?? [];

  let linear = origin(logits);
  if (linear && operatorOf(linear) === 'Add') {
    const [a, b] = linear.input as [string, string];
    linear = isConstant(b) ? origin(a) : isConstant(a) ? origin(b) : undefined;
  }
  const weight = linear?.input[1];
  if (!linear || !isConstant(weight) || !LINEAR.has(operatorOf(linear))) return undefined;
  const pooling = origin(linear.input[0]!);
  if (!pooling || !isLayer(pooling.input[0]!) || !isGlobalAverage(pooling, facts, arrangement)) return undefined;
  const classes = sizeOf(dims(logits));
  if (sizeOf(dims(weight!)) !== channels * classes) return undefined;

  const names = [...facts.keys()];
  const emit = createEmitter('group-cam/linear', model.opset, names);
  const classesFirst = operatorOf(linear) === 'Conv' || intAttribute(linear, 'transB', 0) === 1;
  const rows = classesFirst ? weight! : transpose(emit, weight!, [1, 0]);
  const values = cast(emit, reshape(emit, rows, [classes, channels]), facts.get(weight!)!.dtype, DataType.FLOAT);
  emit.alias(emit.op('Mul', [values, emit.scalar(floatAttribute(linear, 'alpha', 1))]), LINEAR_WEIGHTS);
  return assemble(model, createEmitter('group-cam/none', model.opset, names), emit, [], [LINEAR_WEIGHTS]);
}

/** A Conv on a single pixel is a linear layer too. */
const LINEAR: ReadonlySet<string> = new Set(['Gemm', 'MatMul', 'Conv']);

/** The axes of rows and columns. Tokens have none: their average would have to leave out those that are not patches. */
const AXES = { NCHW: '2,3', NHWC: '1,2', tokens: undefined } as const;

function isGlobalAverage(node: NodeProto, facts: Facts, arrangement: LayerInfo['arrangement']): boolean {
  const operator = operatorOf(node);
  if (operator === 'GlobalAveragePool') return arrangement === 'NCHW';
  if (operator === 'AveragePool') {
    const [, , height, width] = facts.get(node.input[0]!)?.dims ?? [];
    const pads = intsAttribute(node, 'pads') ?? [];
    return String(intsAttribute(node, 'kernel_shape')) === `${height},${width}` && pads.every((pad) => pad === 0);
  }
  const axes = intsAttribute(node, 'axes') ?? facts.get(node.input[1] ?? '')?.values ?? [];
  const positive = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
  return operator === 'ReduceMean' && String(positive) === AXES[arrangement];
}
