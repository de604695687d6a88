/** What each weight is to the operators that read it. */
import type { NodeProto } from 'onnx-buf';
import { lowered } from '../gradients/lowering';
import { LOWERINGS } from '../gradients/lowering-table';
import { createEmitter } from '../onnx/emit';
import type { Facts } from '../onnx/facts';
import { indexGraph, inputsOf, nodesLeadingTo } from '../onnx/graph';
import type { Model } from '../onnx/model';
import { entryOf, operatorOf } from '../onnx/operators';
import { FLOATS, valuesOf } from '../onnx/tensors';
import { LAYERS, type Reader, STATISTICS, TRAINED } from './layers';

/** A tensor that is computed from weights alone: those whose elements it has, and whether they are quantised. */
interface Source {
  readonly weights: readonly string[];
  readonly quantised: boolean;
}

const NOTHING: Source = { weights: [], quantised: false };

/**
 * The role of each weight that has one: `TRAINED`, or why it is not trained, in words. A weight may be rearranged on its
 * way to the operator, since exporters transpose and reshape weights, pick position embeddings from a table, and repeat
 * class tokens.
 */
export function rolesIn(
  model: Model,
  facts: Facts,
  { input, logits }: { readonly input: string; readonly logits: string },
): ReadonlyMap<string, string> {
  const emit = createEmitter('roles', model.opset, facts.keys());
  const inside = lowered(model.graph.node, facts, emit, LOWERINGS);
  // What is inside an operator that stands for several is computed by the emitter's nodes.
  const graph = indexGraph(inside.nodes);
  const constants = new Map<string, Source>(emit.initializers.map(({ name }) => [name, NOTHING]));
  for (const [name, { dataType }] of model.initializers)
    constants.set(name, { weights: [name], quantised: !FLOATS.has(dataType) });
  /** Tensors that are the image, rearranged or normalised at most. */
  const raw = new Set([input]);
  const roles = new Map<string, string>();

  for (const node of nodesLeadingTo(graph, [logits])) {
    const layer = entryOf(LAYERS, node);
    const reader = readerOf(node);
    for (const [index, name] of node.input.entries()) {
      const source = constants.get(name);
      if (source) give(source, layer?.(reader, index));
    }
    if (reader.isConstant) {
      const carried = carriedBy(node, constants);
      for (const name of node.output) constants.set(name, carried);
    } else if (node.input.every((name) => raw.has(name) || constants.has(name)) && !MIXING.has(operatorOf(node))) {
      for (const name of node.output) raw.add(name);
    }
  }
  return roles;

  function give({ weights, quantised }: Source, given: string | undefined): void {
    const role = quantised && given === TRAINED ? 'it is quantised' : given;
    for (const name of role === undefined ? [] : weights) {
      // Exporters store equal weights once. One that is trained in a place is trained, but statistics never are.
      const isFinal = roles.get(name) === STATISTICS || (roles.get(name) === TRAINED && role !== STATISTICS);
      if (!isFinal) roles.set(name, role!);
    }
  }

  function readerOf(node: NodeProto): Reader {
    return {
      node,
      isConstant: inputsOf(node).every((name) => constants.has(name)),
      readsImage: node.input.some((name) => raw.has(name)),
      dims: (index) => inside.facts.get(node.input[index]!)?.dims ?? [],
      maker: (index) => graph.producer.get(node.input[index]!),
      values: (index) => {
        const tensor = model.initializers.get(node.input[index]!);
        return tensor && valuesOf(tensor);
      },
    };
  }
}

/** Layers after which a tensor is no longer the image, whatever their weights are. */
const MIXING: ReadonlySet<string> = new Set([
  ...['BatchNormalization', 'Conv', 'ConvTranspose', 'Einsum', 'Gemm', 'GroupNormalization', 'InstanceNormalization'],
  ...['LayerNormalization', 'MatMul', 'PRelu', 'RMSNormalization'],
]);

/** Operators whose output has the elements of some inputs, rearranged or each for itself changed. */
const CARRYING: Readonly<Record<string, 'first' | 'all'>> = {
  Add: 'all',
  Cast: 'first',
  CastLike: 'first',
  Clip: 'first',
  Concat: 'all',
  DequantizeLinear: 'first',
  Exp: 'first',
  Expand: 'first',
  Flatten: 'first',
  Gather: 'first',
  Identity: 'first',
  Mul: 'all',
  Pad: 'first',
  QuantizeLinear: 'first',
  Reshape: 'first',
  Sigmoid: 'first',
  Slice: 'first',
  Softplus: 'first',
  Split: 'first',
  Squeeze: 'first',
  Tile: 'first',
  Transpose: 'first',
  Unsqueeze: 'first',
};

function carriedBy(node: NodeProto, constants: ReadonlyMap<string, Source>): Source {
  const which = entryOf(CARRYING, node);
  if (which === undefined) return NOTHING;
  const sources = node.input.map((name) => constants.get(name) ?? NOTHING).slice(0, which === 'first' ? 1 : undefined);
  return {
    weights: [...new Set(sources.flatMap(({ weights }) => weights))],
    quantised: operatorOf(node) === 'QuantizeLinear' || sources.some(({ quantised }) => quantised),
  };
}
