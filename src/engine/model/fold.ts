/** Computes what a graph computes from constants alone, by running those nodes. */
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
 * A session that runs once at most.
 *
 * @param options one thread for what hardly computes: threads cost time to start and to end, and spin meanwhile
 */
export async function loadOnce(
  file: ModelFile,
  encoded: EncodedModel,
  options: Pick<SessionOptions, 'threads'> = {},
): Promise<Session> {
  const cheap = { ...options, device: 'cpu', optimize: 'none', prepack: false } as const;
  return createSession(file.path, encoded, await file.buffers(encoded), cheap);
}

/** Sizes that follow from values that have sizes of their own, and so on: exporters write two or three such steps. */
const ROUNDS = 8;

/**
 * The small tensors that the graph computes from constants. Nothing is run of which the runtime does not know the size before,
 * since a few bytes can ask for any number of gigabytes.
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

/** Runs those of the nodes whose outputs have known sizes. */
async function fold(file: ModelFile, model: Model, nodes: Nodes) {
  const folded = new Map<string, TensorFact>();
  const settled = new Set(nodes);
  if (nodes.length === 0) return { settled, folded };
  const plan = planTrace(constantModel(model, nodes), []);
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

/** Types of which a tensor can be made from its values. */
const FOLDED: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.INT64, DataType.INT32, DataType.BOOL]);

export function tensorsOf(facts: ReadonlyMap<string, TensorFact>): TensorProto[] {
  return [...facts].map(([name, { dtype, dims, values }]) => makeTensor(name, dtype, dims, values!));
}

/** A tensor's dimensions if the runtime knows them; of a scalar it says so only of its shape. */
function dimsIn({ outputs }: Session, tensor: string, shape: string): readonly number[] | undefined {
  const dims = outputs.get(tensor)?.shape ?? [];
  if (isKnown(dims)) return dims.map(Number);
  return dims.length === 0 && outputs.get(shape)?.shape[0] === 0 ? [] : undefined;
}

/** The runtime names unknown dimensions, and gives no dimensions for scalars and for tensors of unknown rank alike. */
export function isKnown(shape: readonly (number | string)[]): boolean {
  return shape.length > 0 && shape.every((dim) => typeof dim === 'number' && dim >= 0);
}

/** The tensors of a session with all their dimensions, as far as these are known. */
export function knownSizes({ outputs }: Session): (readonly [string, readonly number[]])[] {
  return [...outputs].flatMap(([name, { shape }]) => (isKnown(shape) ? [[name, shape.map(Number)] as const] : []));
}
