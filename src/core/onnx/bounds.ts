/**
 * Limits on what a model may ask of the runtime, which has no limits of its own and can't be interrupted. These limits
 * are checked before anything runs. What can't be known before is limited by watching the process
 * (src/client/connection.ts, src/server/watch.ts).
 */
import type { GraphProto, NodeProto, SparseTensorProto, TensorProto } from 'onnx-buf';
import { errors } from '../errors';
import { sparseTensors } from './external';
import type { Facts } from './facts';
import { bodiesOf } from './graph';
import { attributeOf, constantOf, type Model } from './model';
import { operatorName, operatorOf } from './operators';
import { BITS, dimsOf, dtypeName, isExternal, sizeOf, valuesOf } from './tensors';

/** Bytes of one weight that the runtime takes from memory. */
const MAX_BYTES = 2 ** 31;
/** Elements of one tensor. For comparison, 16 times the largest tensor of VGG at 224 pixels has 2^26. */
const MAX_ELEMENTS = 2 ** 28;
/**
 * Elements of all tensors together that the graph computes from its small constants: masks, tables of positions, pads.
 */
const MAX_CONSTANT_ELEMENTS = 2 ** 26;
/** Nodes after functions are expanded at every call. */
const MAX_NODES = 100_000;
/** Nodes executed in one run; those of a loop's body count once for each iteration. */
const MAX_STEPS = 1_000_000;
/** Nesting of bodies and functions; the runtime reads no more than 100 levels. */
const MAX_DEPTH = 100;

/**
 * Checks that every constant has as many bytes as its dimensions say, since a tensor of zeros of these dimensions
 * replaces it when shapes are traced. Sparse constants must not be too large.
 *
 * @throws model-unreadable, model-too-large
 */
export function checkWeights({ graph, proto, file }: Model): void {
  for (const tensor of graph.initializer) checkStored(tensor, file);
  for (const tensor of sparseTensors(proto)) checkSparse(tensor, file);
}

/**
 * Checks that functions and loops do not multiply the graph beyond the limits.
 *
 * @param computed those constants computed in the graph whose values are known
 * @throws model-too-large
 */
export function checkBounds(model: Model, computed: Facts = new Map()): void {
  const { graph, proto, file } = model;
  const functions = new Map(proto.functions.map((f) => [operatorName(f.domain, f.name), f]));
  const counted = new Map<string, Count>();
  const top = (name: string) => computed.get(name)?.values ?? smallValues(model.initializers.get(name));
  const { nodes, steps } = count(graph.node, top, 0);
  if (nodes > MAX_NODES)
    throw errors.modelExcessive(
      file,
      `its graph has ${nodes} nodes, those of its functions counted where they are called`,
      MAX_NODES,
    );
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

/** The values of a constant by its name; undefined for other tensors. */
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
 * How often the body of a Loop runs. This is the trip count, if nothing in the body can end the loop earlier. It is 1
 * if the number depends on computed values, since it can't be known then.
 */
function roundsOf({ input }: NodeProto, body: GraphProto, lookup: Lookup): number {
  const [limit = '', condition = ''] = input;
  if (lookup(condition)?.[0] === 0) return 0;
  const producers = new Map(body.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const constants = constantsIn(body.node);
  const most = limit === '' ? Number.POSITIVE_INFINITY : Math.max(0, lookup(limit)?.[0] ?? 1);
  let again = body.output[0]?.name ?? '';
  for (let i = 0; i < body.node.length; i++) {
    const node = producers.get(again);
    if (!node || operatorOf(node) !== 'Identity') break;
    again = node.input[0] ?? '';
  }
  const known: Lookup = (name) => constants.get(name) ?? lookup(name);
  if (known(again)?.[0] === 0) return 1;
  const node = producers.get(again);
  const end =
    node && BELOW.has(operatorOf(node)) && node.input[0] === body.input[0]?.name && known(node.input[1] ?? '');
  if (end) return Math.min(most, Math.max(0, end[0]!) + 1);
  return isFixed(again, body, producers, known) ? most : 1;
}

const BELOW: ReadonlySet<string> = new Set(['Less', 'LessOrEqual']);

/**
 * Whether a tensor of a loop's body depends only on constants and on the condition, so that it is the same in each
 * iteration.
 */
function isFixed(
  tensor: string,
  { input }: GraphProto,
  producers: ReadonlyMap<string, NodeProto>,
  known: Lookup,
): boolean {
  const seen = new Set([tensor]);
  // The loop also visits the names that it adds.
  for (const name of seen) {
    if (name === input[1]?.name || known(name)) continue;
    const node = producers.get(name);
    if (!node || node.input.length === 0 || bodiesOf(node).length > 0) return false;
    for (const each of node.input) if (each !== '') seen.add(each);
  }
  return true;
}

/**
 * Checks a tensor's size. The runtime trusts the dimensions of external tensors, and the trace trusts those of all
 * tensors.
 */
function checkStored(tensor: TensorProto, file: string): void {
  const dims = dimsOf(tensor);
  const elements = sizeOf(dims);
  const flaw = (what: string) =>
    errors.modelUnreadable(file, `tensor "${tensor.name}" ${dtypeName(tensor.dataType)} [${dims.join(', ')}] ${what}`);
  if (!dims.every((dim) => dim >= 0)) throw flaw('has a negative dimension');
  const bytes = isExternal(tensor) ? externalLength(tensor) : tensor.rawData.byteLength;
  const bits = BITS[tensor.dataType];
  // 4-bit types may store two values in one number.
  const tooFew = bytes > 0 ? bits !== undefined && elements * bits > bytes * 8 : elements > 2 * listed(tensor);
  if (tooFew) throw flaw(`holds ${bytes > 0 ? `${bytes} bytes` : `${listed(tensor)} values`} only`);
  const needed = (elements * (bits ?? 0)) / 8;
  if (needed > MAX_BYTES)
    throw errors.modelExcessive(file, `its tensor "${tensor.name}" has ${needed} bytes`, MAX_BYTES);
}

/** Checks a sparse tensor, which the runtime makes dense when it loads the model. */
function checkSparse({ dims, values }: SparseTensorProto, file: string): void {
  const full = dims.map(Number);
  const elements = sizeOf(full);
  if (!full.every((dim) => dim >= 0) || elements > MAX_CONSTANT_ELEMENTS)
    throw errors.modelExcessive(
      file,
      `sparse tensor "${values?.name ?? ''}" would be [${full.join(', ')}]`,
      MAX_CONSTANT_ELEMENTS,
    );
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
 * Checks the sizes that the runtime has inferred, before it allocates such tensors.
 *
 * @param constant true if the tensors are computed from small constants; the runtime then holds all of them at once
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

/**
 * Checks how often the bodies of Scan run, which is the length of the tensors that they scan.
 *
 * @throws model-too-large
 */
export function checkScans(
  nodes: readonly NodeProto[],
  dimsOf: (tensor: string) => readonly number[] | undefined,
  file: string,
): void {
  for (const node of nodes) {
    if (operatorOf(node) !== 'Scan') continue;
    const scanned = node.input.slice(-Number(attributeOf(node, 'num_scan_inputs') ?? 1));
    const rounds = Math.max(0, ...scanned.flatMap((name) => dimsOf(name) ?? []));
    const inner = bodiesOf(node).reduce((sum, body) => sum + body.node.length, 0);
    const steps = rounds * inner;
    if (steps > MAX_STEPS) throw errors.modelExcessive(file, `one run takes ${steps} steps`, MAX_STEPS);
  }
}
