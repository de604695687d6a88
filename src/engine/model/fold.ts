/** Computes the tensors of a graph that depend only on constants, by running their nodes. */
import { checkScans, checkSizes } from '../../core/onnx/bounds';
import { planTrace, SMALL, type TensorFact } from '../../core/onnx/facts';
import { constantModel, constantNodes } from '../../core/onnx/fold';
import { indexGraph, tensorsDependingOn } from '../../core/onnx/graph';
import type { Model } from '../../core/onnx/model';
import { DataType, makeTensor, type TensorProto } from '../../core/onnx/tensors';
import type { EncodedModel } from '../../core/onnx/weights';
import { createSession, DATA_TYPES, type Session, type SessionOptions } from '../runtime/runtime';
import type { ModelFile } from './model-file';

/**
 * Creates a session that runs at most once.
 *
 * @param options one thread for graphs with little computation, since threads take time to start and to end, and spin
 *   in between
 */
export async function loadOnce(
  file: ModelFile,
  encoded: EncodedModel,
  options: Pick<SessionOptions, 'threads'> = {},
): Promise<Session> {
  const cheap = { ...options, device: 'cpu', optimize: 'none', prepack: false } as const;
  return createSession(file.path, encoded, await file.buffers(encoded), cheap);
}

/**
 * The largest number of rounds. Sizes may depend on values whose own sizes are only known after a round; exporters
 * write two or three such steps.
 */
const ROUNDS = 8;

/**
 * The small tensors that the graph computes from constants. A node runs only if the runtime knows the size of its
 * output before, since a few bytes of a model can demand any number of gigabytes.
 *
 * @throws model-too-large, runtime-failed
 */
export async function foldConstants(
  file: ModelFile,
  model: Model,
  rounds = ROUNDS,
): Promise<ReadonlyMap<string, TensorFact>> {
  const nodes = constantNodes(model);
  const { settled, folded } = await fold(file, model, nodes);
  if (folded.size === 0 || settled.size === nodes.length || rounds === 1) return folded;
  const rest = {
    ...model.graph,
    initializer: [...model.graph.initializer, ...tensorsOf(folded)],
    node: model.graph.node.filter((node) => !settled.has(node)),
  };
  const later = await foldConstants(file, { ...model, graph: rest }, rounds - 1);
  return new Map([...folded, ...later]);
}

type Nodes = Model['graph']['node'];

/** Runs the nodes whose outputs have known sizes. */
async function fold(file: ModelFile, model: Model, nodes: Nodes) {
  const folded = new Map<string, TensorFact>();
  const settled = new Set(nodes);
  if (nodes.length === 0) return { settled, folded };
  const plan = planTrace(constantModel(model, nodes), []);
  // The nodes may make sequences alone.
  if (plan.tensors.length === 0) return { settled, folded };
  const session = await loadOnce(file, plan.model, { threads: 1 });
  try {
    const dims = new Map(plan.tensors.map((name) => [name, dimsIn(session, name, plan.shapeOutput(name))]));
    checkSizes(
      [...dims].flatMap(([name, known]) => (known ? [[name, known]] : [])),
      file.path,
      true,
    );
    checkScans(nodes, (name) => dims.get(name), file.path);
    const unknown = plan.tensors.filter((name) => !dims.get(name));
    if (unknown.length > 0) {
      const open = tensorsDependingOn(indexGraph(nodes), unknown);
      return await fold(
        file,
        model,
        nodes.filter(({ output }) => !output.some((name) => open.has(name))),
      );
    }
    for (const [name, { type, dims, data }] of Object.entries(await session.run({}, plan.tensors))) {
      const dtype = DATA_TYPES[type];
      if (dtype !== undefined && FOLDED.has(dtype) && data.length <= SMALL)
        folded.set(name, { dtype, dims, values: Array.from(data as Int32Array, Number) });
    }
    return { settled, folded };
  } finally {
    await session.release();
  }
}

/** Types for which a tensor can be created from its values. */
const FOLDED: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.INT64, DataType.INT32, DataType.BOOL]);

export function tensorsOf(facts: ReadonlyMap<string, TensorFact>): TensorProto[] {
  return [...facts].map(([name, { dtype, dims, values }]) => makeTensor(name, dtype, dims, values!));
}

/** A tensor's dimensions, if the runtime knows them. A scalar is recognised only by its shape tensor. */
function dimsIn({ outputs }: Session, tensor: string, shape: string): readonly number[] | undefined {
  const dims = outputs.get(tensor)?.shape ?? [];
  if (isKnown(dims)) return dims.map(Number);
  return dims.length === 0 && outputs.get(shape)?.shape[0] === 0 ? [] : undefined;
}

/**
 * True if all dimensions are known. The runtime gives names to unknown dimensions, and reports no dimensions both for
 * scalars and for tensors of unknown rank.
 */
export function isKnown(shape: readonly (number | string)[]): boolean {
  return shape.length > 0 && shape.every((dim) => typeof dim === 'number' && dim >= 0);
}

/** The outputs of a session whose dimensions are all known. */
export function knownSizes({ outputs }: Session): (readonly [string, readonly number[]])[] {
  return [...outputs].flatMap(([name, { shape }]) => (isKnown(shape) ? [[name, shape.map(Number)] as const] : []));
}
