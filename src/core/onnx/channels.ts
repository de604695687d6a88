/**
 * The axis that operators use for channels. Source: ONNX's documentation of its operators and, for onnxruntime's own,
 * docs/ContribOperators.md and the schemas beside it.
 */
import type { NodeProto } from 'onnx-buf';
import { inputsOf } from './graph';
import { intAttribute } from './model';
import { entryOf, isDefaultDomain, microsoft, operatorOf } from './operators';

export type Order = 'NCHW' | 'NHWC';

const FIRST: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'ConvInteger',
  'QLinearConv',
  'DeformConv',
  'MaxPool',
  'AveragePool',
  'LpPool',
  'GlobalMaxPool',
  'GlobalAveragePool',
  'GlobalLpPool',
  'BatchNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'LRN',
  'DepthToSpace',
  'SpaceToDepth',
  ...microsoft('FusedConv', 'ConvTransposeWithDynamicPads', 'QLinearConvTranspose', 'MaxpoolWithMask'),
]);

const LAST: ReadonlySet<string> = new Set(microsoft('NhwcConv', 'NhwcFusedConv', 'NhwcMaxPool'));

/** The domain of ONNX's operators after onnxruntime has converted their first input and output to channels last. */
const LAST_DOMAIN = 'com.ms.internal.nhwc';

/** Operators with an attribute channels_last, each with the attribute's default. */
const CHANNELS_LAST: Readonly<Record<string, number>> = {
  'com.microsoft:QLinearConv': 0,
  'com.microsoft:QLinearAveragePool': 0,
  'com.microsoft:QLinearGlobalAveragePool': 0,
  'com.microsoft:GroupNorm': 1,
  'com.microsoft:SkipGroupNorm': 1,
  'com.microsoft.nchwc:ReorderOutput': 0,
};

/**
 * The order of the axes of a node's first output, by its operator's definition; undefined if the operator takes any
 * order.
 */
export function outputAxes(node: NodeProto): Order | undefined {
  const operator = operatorOf(node);
  if (FIRST.has(operator)) return 'NCHW';
  if (LAST.has(operator) || node.domain === LAST_DOMAIN) return 'NHWC';
  const fallback = entryOf(CHANNELS_LAST, node);
  return fallback === undefined ? undefined : told(node, fallback);
}

/** The same of its first input. */
export function inputAxes(node: NodeProto): Order | undefined {
  if (node.domain !== BLOCKED_DOMAIN) return outputAxes(node);
  return operatorOf(node) === 'com.microsoft.nchwc:ReorderInput' ? told(node, 0) : undefined;
}

function told(node: NodeProto, fallback: number): Order {
  return intAttribute(node, 'channels_last', fallback) === 0 ? 'NCHW' : 'NHWC';
}

/**
 * The domain of operators on blocked memory, which onnxruntime's optimiser inserts. Channels are in blocks of 8 or 16,
 * depending on the processor, and the values of a block lie together for each pixel. The dimensions are still given as
 * [N, C, H, W].
 */
const BLOCKED_DOMAIN = 'com.microsoft.nchwc';

/** Operators on blocked memory that pool, and those that only rearrange memory. */
export const blockedPools: readonly string[] = ['MaxPool', 'AveragePool', 'GlobalMaxPool', 'GlobalAveragePool'].map(
  (name) => `${BLOCKED_DOMAIN}:${name}`,
);
export const REORDER_OUTPUT = `${BLOCKED_DOMAIN}:ReorderOutput`;
export const reorders: readonly string[] = [REORDER_OUTPUT, `${BLOCKED_DOMAIN}:ReorderInput`];

/** Operators whose output is not in blocked memory, whatever their inputs are. */
const UNBLOCKING: ReadonlySet<string> = new Set(['Shape', 'Size', 'com.microsoft.nchwc:ReorderOutput']);

/**
 * The tensors in blocked memory: outputs of the operators of that domain, and of other operators, such as Add and
 * Concat, that read such tensors.
 */
export function blockedTensors(nodes: readonly NodeProto[]): ReadonlySet<string> {
  const blocked = new Set<string>();
  for (const node of nodes) {
    if (UNBLOCKING.has(operatorOf(node))) continue;
    if (node.domain === BLOCKED_DOMAIN || inputsOf(node).some((name) => blocked.has(name)))
      for (const name of node.output) blocked.add(name);
  }
  return blocked;
}

/** onnxruntime's operators that keep the meaning of each axis. Nothing is known about operators of other domains. */
const KEEPING: ReadonlySet<string> = new Set(
  microsoft(
    'BiasAdd',
    'BiasGelu',
    'BiasSplitGelu',
    'DequantizeLinear',
    'DynamicQuantizeMatMul',
    'FastGelu',
    'FusedGemm',
    'FusedMatMul',
    'FusedMatMulActivation',
    'Gelu',
    'GemmFastGelu',
    'MatMulIntegerToFloat',
    'MatMulNBits',
    'Pad',
    'QLinearAdd',
    'QLinearConcat',
    'QLinearLeakyRelu',
    'QLinearMul',
    'QLinearReduceMean',
    'QLinearSigmoid',
    'QLinearSoftmax',
    'QLinearWhere',
    'QuantizeLinear',
    'QuickGelu',
    'SkipLayerNormalization',
    'SkipSimplifiedLayerNormalization',
    'TransposeMatMul',
  ),
);

/** ONNX's operators after which the meaning of an axis can't be derived from the input's axes. */
const REGROUPING: ReadonlySet<string> = new Set([
  'Einsum',
  'Expand',
  'Tile',
  'Gather',
  'GatherElements',
  'GatherND',
  'ScatterND',
  'ScatterElements',
  'TopK',
  'Attention',
]);

/** True if the meaning of the output's axes can be derived from the input's. */
export function keepsAxes(node: NodeProto): boolean {
  const operator = operatorOf(node);
  return isDefaultDomain(node.domain) ? !REGROUPING.has(operator) : KEEPING.has(operator);
}
