/** Candidate target layers: the spatial maps that the class scores depend on. */
import type { NodeProto } from 'onnx-buf';
import { errors } from '../../errors';
import { blockedPools, blockedTensors, REORDER_OUTPUT, reorders } from '../../onnx/channels';
import { type Facts, SIZE_ONLY } from '../../onnx/facts';
import { type GraphIndex, indexGraph, inputsOf, nodesLeadingTo, tensorsDependingOn } from '../../onnx/graph';
import { intAttribute, type Model } from '../../onnx/model';
import { microsoft, operatorOf, VALUE_KEEPING } from '../../onnx/operators';
import { quantisationOf } from '../../onnx/quantisation';
import { DataType, FLOATS, sizeOf } from '../../onnx/tensors';
import type { LayerInfo } from '../info';
import type { ImageInput } from '../inputs';
import type { ScoresTensor } from '../logits';
import { isSide } from '../sides';
import { findCuts } from './cuts';
import { findLayouts, type Layout } from './layout';
import { followPatches } from './patches';

const POOLING: readonly string[] = [
  'MaxPool',
  'AveragePool',
  'LpPool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'GlobalLpPool',
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  ...microsoft('NhwcMaxPool', 'QLinearAveragePool', 'QLinearGlobalAveragePool', 'QLinearReduceMean'),
  ...blockedPools,
];
const UNCHANGING: readonly string[] = [...VALUE_KEEPING, ...reorders];
/** Together with the operators above: those that process each channel independently of the others. */
const APART: readonly string[] = [
  'Relu',
  'Clip',
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Softplus',
  'BatchNormalization',
  'Transpose',
  'Pad',
  'Add',
  'Sub',
  'Mul',
  'Div',
  ...microsoft('Gelu', 'QuickGelu', 'QLinearLeakyRelu', 'QLinearSigmoid', 'QLinearAdd', 'QLinearMul', 'Pad'),
];
/**
 * Operators whose output is not preferred as a layer; their input is. PyTorch exports average pooling with a Pad, which
 * often adds no elements.
 */
const NOT_A_DEFAULT: ReadonlySet<string> = new Set([...POOLING, ...UNCHANGING, 'Pad', 'Transpose']);
const CHANNELWISE: ReadonlySet<string> = new Set([...POOLING, ...UNCHANGING, ...APART]);

export interface Layers {
  /** In the graph's order. */
  readonly layers: readonly LayerInfo[];
  /** Name of the layer that is explained if the user chooses none. */
  readonly preferred: string;
  /** True if the preferred layer can't be read and another one replaces it. */
  readonly replaced: boolean;
}

/**
 * All tensors of maps ([1, K, height, width] or [1, height, width, K], height and width > 1, no larger than an image may be) or of tokens on a grid
 * ([1, T, K]), quantised ones too, that depend on the image and that every class score depends on. In the case of
 * tokens, the scores must depend on the patches: downstream of a transformer's last attention, only the class token
 * leads to the scores.
 *
 * The preferred layer is the last one that is neither the output of a pooling, dropout, reshape or identity node, nor a
 * map with one channel for each class that is only pooled afterwards (only one channel of such a map has a gradient).
 * Among tokens it is the last layer with the network's own width that every path from the patches to the scores runs
 * through. With a class token this is the normalised input of the last block, otherwise the normalised output of the
 * last block.
 *
 * @param facts at batch 1
 * Without any such tensor there are no layers, and the input is preferred.
 *
 * @throws no-spatial-layer if all of them are in blocked memory
 */
export function findLayers(model: Model, facts: Facts, input: ImageInput, scores: ScoresTensor): Layers {
  // Sizes are the same for every image, so paths through Shape are ignored.
  const values = indexGraph(model.graph.node.filter((node) => !SIZE_ONLY.has(operatorOf(node))));
  const fromImage = tensorsDependingOn(values, [input.name]);
  const parts = [...classParts(values, facts, scores.logits)].map((part) => leadingTo(values, part));
  const layouts = findLayouts(model.graph.node, facts, input);
  const cuts = findCuts(indexGraph(model.graph.node), input.name, scores.logits);
  const patches = followPatches(nodesLeadingTo(values, [scores.logits]), layouts, facts);
  const isReal = (tensor: string) =>
    FLOATS.has(facts.get(tensor)?.dtype ?? DataType.UNDEFINED) || quantisationOf(values, tensor) !== undefined;
  const isLayer = (tensor: string) =>
    isReal(tensor) &&
    fromImage.has(tensor) &&
    parts.every((part) => part.has(tensor)) &&
    (!layouts.get(tensor)?.grid || patches.live.has(tensor));
  const blocked = blockedTensors(model.graph.node);
  const all = values.nodes.flatMap((node) =>
    node.output.filter(isLayer).flatMap((tensor): Candidate[] => {
      const shape = facts.get(tensor)!.dims;
      const arranged = arrange(shape, blocked.has(tensor) ? BLOCKED : layouts.get(tensor));
      return arranged
        ? [{ node, layer: { tensor, operator: operatorOf(node), shape, ...arranged, cut: cuts.has(tensor) } }]
        : [];
    }),
  );
  const found = all.filter(({ layer }) => !blocked.has(layer.tensor));
  const [last] = found.slice(-1);
  if (!last && blocked.size > 0) throw errors.blockedLayers(model.file);
  if (!last) return { layers: [], preferred: input.name, replaced: true };
  const separating = findCuts(patches.graph, input.name, scores.logits);
  const width = widthOfTokens(patches.graph, layouts, facts);
  const preferredOf = (candidates: readonly Candidate[]) => {
    const known = new Set(candidates.map(({ layer }) => layer.tensor));
    const preferable = candidates.filter(({ node, layer }) => {
      if (NOT_A_DEFAULT.has(operatorOf(node)) && known.has(node.input[0]!)) return false;
      return layer.arrangement !== 'tokens' || (separating.has(layer.tensor) && layer.channels === width);
    });
    return preferable.findLast(({ layer }) => !isPooledPerClass(values, layer, scores)) ?? preferable.at(-1);
  };
  const wanted = preferredOf(all);
  const isReadable = ({ node, layer: { tensor } }: Candidate) =>
    tensor === wanted?.layer.tensor || (operatorOf(node) === REORDER_OUTPUT && node.input[0] === wanted?.layer.tensor);
  const readable = found.find(isReadable);
  const preferred = readable ?? preferredOf(found) ?? last;
  return {
    layers: found.map(({ layer }) => layer),
    preferred: preferred.layer.tensor,
    replaced: wanted !== undefined && readable === undefined,
  };
}

/** The layout that the runtime reports for maps in blocked memory. */
const BLOCKED: Layout = { axes: 'NCHW' };

interface Candidate {
  readonly node: NodeProto;
  readonly layer: LayerInfo;
}

type Arranged = Pick<LayerInfo, 'channels' | 'height' | 'width' | 'arrangement' | 'skip'>;

/** How a tensor arranges maps; undefined if it has no rows and columns. */
function arrange(shape: readonly number[], layout: Layout | undefined): Arranged | undefined {
  if (!layout || shape[0] !== 1) return undefined;
  const { axes, grid } = layout;
  const arrangement = axes === 'NTC' ? 'tokens' : axes === 'NCHW' || axes === 'NHWC' ? axes : undefined;
  const size = (letter: string) => shape[axes.indexOf(letter)]!;
  const { height: mapHeight, width: mapWidth, skip } = grid ?? { height: size('H'), width: size('W'), skip: 0 };
  return arrangement && mapHeight > 1 && mapWidth > 1 && isSide(mapHeight) && isSide(mapWidth)
    ? { channels: size('C'), height: mapHeight, width: mapWidth, arrangement, skip }
    : undefined;
}

/** The number of channels of the last tokens, which is the width of a transformer's residual stream. */
function widthOfTokens({ nodes }: GraphIndex, layouts: ReadonlyMap<string, Layout>, facts: Facts): number | undefined {
  const last = nodes.flatMap(({ output }) => output).findLast((name) => layouts.get(name)?.axes === 'NTC');
  return last === undefined ? undefined : facts.get(last)!.dims.at(-1);
}

/** All tensors that lead to `target`, including itself. */
function leadingTo(graph: GraphIndex, target: string): Set<string> {
  return new Set([target, ...nodesLeadingTo(graph, [target]).flatMap(inputsOf)]);
}

/** The parts of the scores if several heads are concatenated to one row of scores; otherwise the logits themselves. */
function classParts(graph: GraphIndex, facts: Facts, logits: string): Set<string> {
  const parts = new Set<string>();
  const seen = new Set<string>();
  for (let stack = [logits]; stack.length > 0; ) {
    const tensor = stack.pop()!;
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    const node = graph.producer.get(tensor);
    const dims = facts.get(tensor)?.dims ?? [];
    const joinsClasses =
      node && operatorOf(node) === 'Concat' && dims.at(intAttribute(node, 'axis', 1)) === sizeOf(dims);
    if (node && UNCHANGING.includes(operatorOf(node))) stack.push(node.input[0]!);
    else if (joinsClasses) stack = stack.concat(node.input);
    else parts.add(tensor);
  }
  return parts;
}

function isPooledPerClass(graph: GraphIndex, layer: LayerInfo, { logits, classes }: ScoresTensor): boolean {
  if (layer.channels !== classes) return false;
  const after = tensorsDependingOn(graph, [layer.tensor]);
  return nodesLeadingTo(graph, [logits], new Set([layer.tensor]))
    .filter((node) => inputsOf(node).some((name) => after.has(name)))
    .every((node) => CHANNELWISE.has(operatorOf(node)));
}
