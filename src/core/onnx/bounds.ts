/**
 * What a file may ask of the runtime, which has no bounds of its own and can't be interrupted. All of this is known before
 * anything runs; the rest is up to those who watch the process (src/client/connection.ts, src/engine/watch.ts).
 */
import type { GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { errors } from '../errors';
import type { Facts } from './facts';
import { bodiesOf } from './graph';
import { constantOf, type Model } from './model';
import { operatorName, operatorOf } from './operators';
import { BITS, dimsOf, dtypeName, isExternal, sizeOf, valuesOf } from './tensors';

/** Elements of one tensor: 16 times the largest of VGG at 224 pixels would be 2^26. */
const MAX_ELEMENTS = 2 ** 28;
/** Elements of all tensors that the graph computes from its small constants: masks, tables of positions, pads. */
const MAX_CONSTANT_ELEMENTS = 2 ** 26;
/** Nodes, once functions are expanded where they are called. */
const MAX_NODES = 100_000;
/** Nodes that one run goes through, those of a loop's body once a round. */
const MAX_STEPS = 1_000_000;
/** Bodies and functions within one another; the runtime reads no more than 100 levels. */
const MAX_DEPTH = 100;

/**
 * Checks that every constant is as large as it says, since a tensor of zeros takes its place when shapes are traced.
 *
 * @throws model-unreadable
 */
export function checkWeights({ graph, file }: Model): void {
  for (const tensor of graph.initializer) checkStored(tensor, file);
}

/**
 * Checks that neither functions nor loops multiply the graph beyond measure.
 *
 * @param computed constants that are computed in the graph, as far as they are known
 * @throws model-too-large
 */
export function checkBounds(model: Model, computed: Facts = new Map()): void {
  const { graph, proto, file } = model;
  const functions = new Map(proto.functions.map((f) => [operatorName(f.domain, f.name), f]));
  const counted = new Map<string, Count>();
  const top = (name: string) => computed.get(name)?.values ?? smallValues(model.initializers.get(name));
  const { nodes, steps } = count(graph.node, top, 0);
  if (nodes > MAX_NODES) throw errors.modelExcessive(file, `its functions expand to ${nodes} nodes`, MAX_NODES);
  if (steps > MAX_STEPS) throw errors.modelExcessive(file, `one run takes ${steps} steps`, MAX_STEPS);

  function count(list: readonly NodeProto[], outer: Lookup, depth: number): Count {
    if (depth > MAX_DEPTH) throw errors.modelExcessive(file, 'its functions or bodies lie deeper', MAX_DEPTH);
    const constants = constantsIn(list);
    const lookup: Lookup = (name) => constants.get(name) ?? outer(name);
    const sum = { nodes: 0, steps: 0, depth: 0 };
    for (const node of list) {
      const { nodes, steps, depth: below } = countNode(node, lookup, depth);
      sum.nodes += nodes;
      sum.steps += steps;
      sum.depth = Math.max(sum.depth, below);
    }
    return sum;
  }

  function countNode(node: NodeProto, lookup: Lookup, depth: number): Count {
    const key = operatorOf(node);
    const called = functions.get(key);
    if (called) {
      const known = counted.get(key) ?? count(called.node, () => undefined, depth + 1);
      counted.set(key, known);
      if (known.depth >= MAX_DEPTH) throw errors.modelExcessive(file, 'its functions lie deeper', MAX_DEPTH);
      return { ...known, depth: known.depth + 1 };
    }
    const sum = { nodes: 1, steps: 1, depth: 0 };
    for (const body of bodiesOf(node)) {
      for (const tensor of body.initializer) checkStored(tensor, file);
      const own = new Map(body.initializer.map((tensor) => [tensor.name, smallValues(tensor)]));
      const inner = count(body.node, (name) => own.get(name) ?? lookup(name), depth + 1);
      const rounds = isLoop(node) ? roundsOf(node, body, (name) => own.get(name) ?? lookup(name)) : 1;
      if (rounds === Number.POSITIVE_INFINITY) throw errors.modelExcessive(file, `its loop "${node.name}" never ends`);
      sum.nodes += inner.nodes;
      sum.steps += rounds * inner.steps;
      sum.depth = Math.max(sum.depth, inner.depth + 1);
    }
    return sum;
  }
}

interface Count {
  readonly nodes: number;
  readonly steps: number;
  readonly depth: number;
}

/** The values of a constant by its name; undefined of what is no constant. */
type Lookup = (name: string) => readonly number[] | undefined;

function smallValues(tensor: TensorProto | undefined): readonly number[] | undefined {
  return tensor && sizeOf(dimsOf(tensor)) === 1 ? valuesOf(tensor) : undefined;
}

function constantsIn(nodes: readonly NodeProto[]): Map<string, readonly number[] | undefined> {
  const constants = nodes.filter((node) => operatorOf(node) === 'Constant');
  return new Map(constants.map((node) => [node.output[0] ?? '', smallValues(constantOf(node))]));
}

const isLoop = (node: NodeProto): boolean => operatorOf(node) === 'Loop';

/**
 * How often the body of a Loop runs: as often as is said, if nothing in it can end it before. 1 where that depends on what is
 * computed, which nobody can tell.
 */
function roundsOf({ input }: NodeProto, body: GraphProto, lookup: Lookup): number {
  const [limit = '', condition = ''] = input;
  const producers = new Map(body.node.map((node) => [node.output[0], node]));
  let again = body.output[0]?.name ?? '';
  for (let i = 0; i < MAX_DEPTH; i++) {
    const node = producers.get(again);
    if (!node || operatorOf(node) !== 'Identity') break;
    again = node.input[0] ?? '';
  }
  const constant = constantsIn(body.node).get(again) ?? lookup(again);
  const unending = again === body.input[1]?.name || constant?.[0] === 1;
  if (lookup(condition)?.[0] === 0) return 0;
  if (!unending) return 1;
  return limit === '' ? Number.POSITIVE_INFINITY : Math.max(0, lookup(limit)?.[0] ?? 1);
}

/** The runtime trusts the dimensions of external tensors, and so does the trace of all. */
function checkStored(tensor: TensorProto, file: string): void {
  const dims = dimsOf(tensor);
  const elements = sizeOf(dims);
  const flaw = (what: string) =>
    errors.modelUnreadable(file, `tensor "${tensor.name}" ${dtypeName(tensor.dataType)} [${dims.join(', ')}] ${what}`);
  if (!dims.every((dim) => dim >= 0)) throw flaw('has a negative dimension');
  const bytes = isExternal(tensor) ? externalLength(tensor) : tensor.rawData.byteLength;
  const bits = BITS[tensor.dataType];
  // Types of 4 bits may keep two values in one number.
  const tooFew = bytes > 0 ? bits !== undefined && elements * bits > bytes * 8 : elements > 2 * listed(tensor);
  if (tooFew) throw flaw(`holds ${bytes > 0 ? `${bytes} bytes` : `${listed(tensor)} values`} only`);
}

function externalLength({ externalData }: TensorProto): number {
  const length = externalData.find(({ key }) => key === 'length')?.value;
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
}

function listed({ floatData, int32Data, int64Data, doubleData, uint64Data, stringData }: TensorProto): number {
  return [floatData, int32Data, int64Data, doubleData, uint64Data, stringData].reduce(
    (most, { length }) => Math.max(most, length),
    0,
  );
}

/**
 * Checks the sizes that the runtime has inferred, before it makes such tensors.
 *
 * @param constant all of these are computed from small constants, so that they are held together
 * @throws model-too-large
 */
export function checkSizes(
  tensors: Iterable<readonly [name: string, dims: readonly number[]]>,
  file: string,
  constant = false,
): void {
  let total = 0;
  for (const [name, dims] of tensors) {
    const size = sizeOf(dims);
    total += constant ? size : 0;
    if (size > MAX_ELEMENTS || total > MAX_CONSTANT_ELEMENTS)
      throw errors.modelExcessive(
        file,
        `tensor "${name}" would be [${dims.join(', ')}]`,
        constant ? MAX_CONSTANT_ELEMENTS : MAX_ELEMENTS,
      );
  }
}
