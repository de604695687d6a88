/** Which four-dimensional tensors are feature maps with channels first. */
import type { NodeProto } from 'onnx-buf';
import type { Facts } from '../onnx/facts';
import { intsAttribute } from '../onnx/model';
import type { ImageInput } from './inputs';

/** ONNX defines these for channels first only. */
const CHANNELS_FIRST: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'ConvInteger',
  'QLinearConv',
  'DeformConv',
  'MaxPool',
  'AveragePool',
  'LpPool',
  'BatchNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'LRN',
  'DepthToSpace',
  'SpaceToDepth',
]);

/** After these, what an axis means can't be told from the input's axes. */
const REGROUPING: ReadonlySet<string> = new Set(['Reshape', 'Einsum', 'Expand', 'Squeeze', 'Unsqueeze', 'Gather']);

/**
 * Tensors [N, K, u, v] with axes of that meaning, as followed from the image and from operators that demand it. Maps of
 * attention ([N, heads, tokens, tokens]) and maps with channels last are not among them.
 */
export function channelsFirst(nodes: readonly NodeProto[], facts: Facts, input: ImageInput): Set<string> {
  const orders = new Map<string, string>([[input.name, input.layout]]);
  for (const node of nodes) {
    const order = orderOf(node, orders);
    if (order === undefined) continue;
    for (const output of node.output) if (facts.get(output)?.dims.length === 4) orders.set(output, order);
  }
  return new Set([...orders].filter(([, order]) => order === 'NCHW').map(([tensor]) => tensor));
}

function orderOf(node: NodeProto, orders: ReadonlyMap<string, string>): string | undefined {
  if (CHANNELS_FIRST.has(node.opType)) return 'NCHW';
  if (REGROUPING.has(node.opType)) return undefined;
  const order = node.input.map((name) => orders.get(name)).find((known) => known !== undefined);
  if (node.opType !== 'Transpose' || order === undefined) return order;
  return (intsAttribute(node, 'perm') ?? [3, 2, 1, 0]).map((axis) => order[axis]).join('');
}
