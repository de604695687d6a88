/** Writes operators on sequences of constant length as operators on their tensors. */
import type { NodeProto, TensorProto } from 'onnx-buf';
import { createEmitter, type Emitter } from '../emit';
import type { Facts } from '../facts';
import { intAttribute, type Model, withGraph } from '../model';
import { operatorOf } from '../operators';
import { split, squeeze, unsqueeze } from '../ops';

interface Rewriting {
  readonly emit: Emitter;
  readonly facts: Facts;
  /** The tensors of a sequence, in order; undefined for one that is not known. */
  readonly sequences: Map<string, readonly string[]>;
}

/** Writes what a node makes, and tells whether it could. A sequence needs no node. */
type Writer = (node: NodeProto, to: Rewriting) => boolean;

const known = ({ facts }: Rewriting, tensor: string | undefined) => (tensor ? facts.get(tensor)?.values : undefined);

/** A position in a sequence, from the end if it is negative. */
function placeOf(to: Rewriting, tensor: string | undefined, length: number): number | undefined {
  const [place] = known(to, tensor) ?? [];
  return place === undefined ? undefined : place < 0 ? place + length : place;
}

const WRITERS: Readonly<Record<string, Writer>> = {
  SequenceEmpty: ({ output }, { sequences }) => Boolean(sequences.set(output[0]!, [])),
  SequenceConstruct: ({ input, output }, { sequences }) => Boolean(sequences.set(output[0]!, input)),
  SequenceInsert: ({ input, output }, to) => {
    const items = to.sequences.get(input[0]!);
    const place = items && (input[2] ? placeOf(to, input[2], items.length) : items.length);
    if (!items || place === undefined) return false;
    return Boolean(to.sequences.set(output[0]!, items.toSpliced(place, 0, input[1]!)));
  },
  SequenceErase: ({ input, output }, to) => {
    const items = to.sequences.get(input[0]!);
    const place = items && (input[1] ? placeOf(to, input[1], items.length) : items.length - 1);
    if (!items || place === undefined) return false;
    return Boolean(to.sequences.set(output[0]!, items.toSpliced(place, 1)));
  },
  SequenceAt: ({ input, output }, to) => {
    const items = to.sequences.get(input[0]!);
    const item = items?.[placeOf(to, input[1], items.length) ?? -1];
    if (item === undefined) return false;
    to.emit.alias(item, output[0]!);
    return true;
  },
  SequenceLength: ({ input, output }, { sequences, emit }) => {
    const items = sequences.get(input[0]!);
    if (!items) return false;
    emit.alias(emit.op('Squeeze', [emit.ints([items.length])]), output[0]!);
    return true;
  },
  ConcatFromSequence: (node, { sequences, emit }) => {
    const items = sequences.get(node.input[0]!);
    if (!items || items.length === 0) return false;
    const axis = intAttribute(node, 'axis', 0);
    const isNew = intAttribute(node, 'new_axis', 0) !== 0;
    const parts = isNew ? items.map((item) => unsqueeze(emit, item, [axis])) : items;
    emit.alias(emit.op('Concat', parts, { axis: { int: axis } }), node.output[0]!);
    return true;
  },
  SplitToSequence: (node, to) => {
    const { emit, facts, sequences } = to;
    const [x, sizes] = node.input as [string, string?];
    const dims = facts.get(x)?.dims;
    if (!dims) return false;
    const axis = (intAttribute(node, 'axis', 0) + dims.length) % dims.length;
    const total = dims[axis]!;
    const given = sizes ? known(to, sizes) : [1];
    if (!given) return false;
    const isList = sizes !== undefined && sizes !== '' && facts.get(sizes)!.dims.length === 1;
    const each = Math.max(1, given[0]!);
    const lengths = isList
      ? given
      : Array.from({ length: Math.ceil(total / each) }, (_, i) => Math.min(each, total - i * each));
    const parts = lengths.length === 1 ? [x] : split(emit, x, lengths, axis);
    const drops = !sizes && intAttribute(node, 'keepdims', 1) === 0;
    sequences.set(node.output[0]!, drops ? parts.map((part) => squeeze(emit, part, [axis])) : parts);
    return true;
  },
};

/** @returns undefined if there are no sequences whose tensors are known */
export function withoutSequences(model: Model, facts: Facts): Model | undefined {
  const { graph } = model;
  if (!graph.node.some((node) => Object.hasOwn(WRITERS, operatorOf(node)))) return undefined;
  const node: NodeProto[] = [];
  const initializer: TensorProto[] = [...graph.initializer];
  const sequences = new Map<string, readonly string[]>();
  const emit = createEmitter('group-cam/sequence', model.opset, [
    ...facts.keys(),
    ...graph.node.map(({ name }) => name),
  ]);
  let changed = false;
  let from = 0;
  for (const each of graph.node) {
    const operator = operatorOf(each);
    const written = Object.hasOwn(WRITERS, operator) && WRITERS[operator]!(each, { emit, facts, sequences });
    // A sequence may still be read by operators that are left, so the node that makes it stays.
    if (!written || sequences.has(each.output[0]!)) node.push(each);
    node.push(...emit.nodes.slice(from));
    changed ||= emit.nodes.length > from;
    from = emit.nodes.length;
  }
  initializer.push(...emit.initializers);
  return changed ? withGraph(model, { ...graph, node, initializer }) : undefined;
}
