/** Copies graphs into the one that is exported, and runs a copy once for each item of a tensor. */
import type { GraphProto } from 'onnx-buf';
import { nameOf } from '../gradients/rule';
import { bodyGraph, untypedInfo } from '../onnx/compose';
import { createEmitter, type Emitter } from '../onnx/emit';
import { valueInfo } from '../onnx/facts';
import { inputsOf } from '../onnx/graph';
import { operatorOf } from '../onnx/operators';
import { reshape } from '../onnx/ops';
import { asList, firstOfEquals } from '../onnx/rewrite/constants';
import { changed, renameNode } from '../onnx/rewrite/rename';
import { DataType, dimsOf, isExternal, sizeOf } from '../onnx/tensors';
import { neededOf } from './attributes';

export interface Copy {
  /** Starts the names of what is copied. */
  readonly prefix: string;
  /** The tensors of the exported graph that stand for the copied graph's inputs, by the names of these. */
  readonly inputs: Readonly<Record<string, string>>;
  /** True for tensors that the exported graph has under the same name, with the same values. */
  isShared(tensor: string): boolean;
}

/** Names that the product gave to what it added before; they are left out of names of copies. */
const OWN = /(^|\/)group-cam[:/]/g;
/** PyTorch names a module after its own scope, such as `layer3/layer3.2`. */
const REPEATED = /(^|\/)([^/]+)\/(?=\2\.)/g;

/**
 * Adds the nodes of a graph, with other names for all tensors that are not shared.
 *
 * @returns the names of the graph's outputs in the exported graph
 */
export function splice(
  emit: Pick<Emitter, 'nodes' | 'initializers'>,
  graph: Pick<GraphProto, 'node' | 'initializer' | 'output'>,
  { prefix, inputs, isShared }: Copy,
): string[] {
  const names = new Map(Object.entries(inputs));
  const rename = (tensor: string): string => {
    const known = names.get(tensor) ?? (isShared(tensor) ? tensor : undefined);
    if (known !== undefined) return known;
    const name = `${prefix}/${names.size}`;
    names.set(tensor, name);
    return name;
  };
  const taken = new Set<string>();
  /** Without what the product calls its own, a node of the model may have the same name. */
  const unique = (name: string): string => {
    const free = taken.has(name) ? unique(`${name}_`) : name;
    taken.add(free);
    return free;
  };
  for (const tensor of graph.initializer) {
    if (!isShared(tensor.name)) emit.initializers.push(changed(tensor, { name: rename(tensor.name) }));
  }
  for (const node of graph.node) {
    if (node.output.every((tensor) => tensor === '' || isShared(tensor))) continue;
    if (operatorOf(node) === 'Identity') {
      names.set(node.output[0]!, rename(node.input[0]!));
      continue;
    }
    const short = nameOf(node).replace(OWN, '$1').replace(/^\/+/, '').replace(REPEATED, '$1');
    const name = unique(`${prefix}/${short}`);
    const renamed = renameNode(node, rename);
    emit.nodes.push(changed(renamed, { name, attribute: neededOf(node), ...(node.docString && { docString: '' }) }));
  }
  return graph.output.map(({ name }) => rename(name));
}

/**
 * Gives short names to what was added, and to constants that are sizes or single numbers, since each name occurs several
 * times in the file. Of equal ones among these constants one is left. Nodes keep the names that people see, and so do weights and all other tensors of the model.
 *
 * @param prefix starts the names of added tensors
 */
export function compact(graph: GraphProto, prefix: string): GraphProto {
  const ends = new Set([...graph.input, ...graph.output].map(({ name }) => name));
  const read = new Set([...graph.node.flatMap(inputsOf), ...ends]);
  const isAdded = (tensor: string) => tensor.startsWith(`${prefix}/`);
  const initializer = graph.initializer.filter(({ name }) => !isAdded(name) || read.has(name));
  const plain = initializer.filter((tensor) => SIZES.has(tensor.dataType) || sizeOf(dimsOf(tensor)) === 1);
  // What lies in a file beside the model is found there by its name in the model.
  const inside = plain.filter((tensor) => !isExternal(tensor));
  const constants = new Set(inside.map(({ name }) => name).filter((name) => !ends.has(name)));
  const first = firstOfEquals(plain.filter(({ name }) => constants.has(name)));
  const names = new Map<string, string>();
  const rename = (tensor: string): string => {
    if (!isAdded(tensor) && !constants.has(tensor)) return tensor;
    const own = first.get(tensor) ?? tensor;
    const name = names.get(own) ?? `${prefix}/${names.size.toString(36)}`;
    names.set(own, name);
    return name;
  };
  const left = initializer.filter(({ name }) => (first.get(name) ?? name) === name);
  return {
    ...graph,
    node: graph.node.map((node) => renameNode(node, rename)),
    initializer: left.map((tensor) => changed(asList(tensor), { name: rename(tensor.name) })),
    valueInfo: graph.valueInfo.map((value) => changed(value, { name: rename(value.name) })),
  };
}

const SIZES: ReadonlySet<DataType> = new Set([DataType.INT64, DataType.INT32, DataType.BOOL]);

/**
 * Runs nodes once for each item and stacks what they make of it, since a part of a graph may hold for one item only.
 *
 * @param count int64 [1], the number of items
 * @param build adds the nodes; it gets the index of the item, int64 [1], and returns a tensor
 * @returns the tensors of all items, [count, ...]
 */
export function forEach(
  emit: Emitter,
  count: string,
  build: (inner: Emitter, index: string) => string,
  prefix: string,
): string {
  const name = (tensor: string) => `${prefix}/${tensor}`;
  const inner = createEmitter(prefix, emit.opset);
  const made = inner.alias(build(inner, reshape(inner, name('iteration'), [1])), name('made'));
  const again = inner.alias(name('going'), name('again'));
  // Before operator set 11 a loop carries at least one tensor from one round to the next.
  const carried = emit.opset < 11 ? [valueInfo(name('kept'), DataType.INT64, [1])] : [];
  const kept = carried.map((tensor) => inner.alias(tensor.name, name('still')));
  const graph = bodyGraph({
    name: prefix,
    node: inner.nodes,
    initializer: inner.initializers,
    input: [valueInfo(name('iteration'), DataType.INT64, []), valueInfo(name('going'), DataType.BOOL, []), ...carried],
    output: [again, ...kept, made].map(untypedInfo),
  });
  return emit.ops('Loop', [count, '', ...kept.map(() => emit.ints([0]))], 1 + kept.length, { body: { graph } }).at(-1)!;
}
