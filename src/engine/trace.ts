/** Types and dimensions of all tensors of a model, told by the runtime. */
import { untypedInfo } from '../core/onnx/compose';
import {
  constantFacts,
  encodeForInference,
  type Facts,
  planTrace,
  SMALL,
  staticTensors,
  type TensorFact,
  valueInfo,
} from '../core/onnx/facts';
import { constantNodes } from '../core/onnx/fold';
import { indexGraph, tensorsDependingOn } from '../core/onnx/graph';
import type { Model } from '../core/onnx/model';
import { operatorOf } from '../core/onnx/operators';
import { DataType, makeTensor, sizeOf, type TensorProto } from '../core/onnx/tensors';
import { type EncodedModel, encodeModel } from '../core/onnx/weights';
import type { ModelFile } from './model-file';
import { createSession, type Session, type Tensor, type TypedArray } from './runtime';

/** For a session that runs once at most. */
const CHEAP = { device: 'cpu', optimize: 'none', prepack: false } as const;

/** The model's image input, with the dimensions it is run at. */
export interface TraceInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly dims: readonly number[];
}

/**
 * The facts of a model for one size of input. Most models' shapes are plain from the graph, and the runtime infers them
 * when it makes the session; only a model that computes sizes is run, once, on an image of zeros. Nothing is known of what
 * depends on other inputs.
 *
 * @throws runtime-failed if the model can't take an input of these dimensions
 */
export async function traceFacts(file: ModelFile, input: TraceInput): Promise<Facts> {
  const { graph } = file.model;
  const folded = await foldConstants(file);
  const others = graph.input.map(({ name }) => name).filter((name) => name !== input.name);
  const unknown = tensorsDependingOn(indexGraph(graph.node), others);
  const fixed = {
    ...graph,
    input: [valueInfo(input.name, input.dtype, input.dims)],
    output: graph.output.filter(({ name }) => !unknown.has(name)),
    node: graph.node.filter((node) => !node.output.some((name) => folded.has(name) || unknown.has(name))),
    initializer: [...graph.initializer, ...tensorsOf(folded)],
  };
  const model = { ...file.model, graph: fixed };
  const computed = (await infer(file, model, input)) ?? (await measure(file, model, input));
  const facts = [...constantFacts(file.model), ...folded, ...computed];
  return new Map([...facts, [input.name, { dtype: input.dtype, dims: input.dims }]]);
}

/** The facts that the runtime infers from the graph; undefined if that is not all of them. */
async function infer(file: ModelFile, model: Model, input: TraceInput): Promise<Facts | undefined> {
  if (model.graph.node.some((node) => ROUNDED.has(operatorOf(node)))) return undefined;
  const isStatic = staticTensors(model, [input.name]);
  const session = await load(file, encodeForInference(model));
  try {
    const outputs = [...session.outputs];
    const complete = outputs.every(
      ([name, { dtype, shape }]) => isKnown(shape) && !(INTEGERS.has(dtype) && isStatic(name)),
    );
    if (!complete) return undefined;
    return new Map(outputs.map(([name, { dtype, shape }]) => [name, factOf(dtype, shape.map(Number))]));
  } finally {
    await session.release();
  }
}

/** The facts as a run on an image of zeros shows them. */
async function measure(file: ModelFile, model: Model, input: TraceInput): Promise<Facts> {
  const plan = planTrace(model, [input.name]);
  const session = await load(file, plan.model);
  try {
    const tensors = plan.tensors.flatMap((name) => {
      const dtype = session.outputs.get(name)?.dtype;
      return dtype ? [{ name, dtype, valued: plan.isStatic(name) && INTEGERS.has(dtype) }] : [];
    });
    const fetches = tensors.flatMap(({ name, valued }) => [plan.shapeOutput(name), ...(valued ? [name] : [])]);
    const results = await session.run({ [input.name]: zeros(input) }, fetches);
    return new Map(
      tensors.map(({ name, dtype, valued }) => {
        const dims = numbersOf(results[plan.shapeOutput(name)]!);
        const values = valued && sizeOf(dims) <= SMALL ? numbersOf(results[name]!) : undefined;
        return [name, { ...factOf(dtype, dims), ...(values && { values }) }];
      }),
    );
  } finally {
    await session.release();
  }
}

async function load(file: ModelFile, encoded: EncodedModel): Promise<Session> {
  return createSession(file.path, encoded, await file.buffers(encoded), CHEAP);
}

function factOf(dtype: string, dims: readonly number[]): TensorFact {
  return { dtype: DATA_TYPES[dtype] ?? DataType.UNDEFINED, dims };
}

/** What the graph computes from constants, found by running those nodes alone. */
async function foldConstants(file: ModelFile): Promise<Map<string, TensorFact>> {
  const node = constantNodes(file.model);
  const names = node.flatMap(({ output }) => output.filter((name) => name !== ''));
  const folded = new Map<string, TensorFact>();
  if (names.length === 0) return folded;
  const encoded = encodeModel(file.model, {
    ...file.model.graph,
    node,
    input: [],
    output: names.map(untypedInfo),
    valueInfo: [],
  });
  const session = await load(file, encoded);
  try {
    for (const [name, { type, dims, data }] of Object.entries(await session.run({}, names))) {
      const dtype = DATA_TYPES[type];
      if (dtype !== undefined && FOLDED.has(dtype) && data.length <= SMALL)
        folded.set(name, { dtype, dims, values: Array.from(data as Int32Array, Number) });
    }
  } finally {
    await session.release();
  }
  return folded;
}

/** Types of which a tensor can be made from its values. */
const FOLDED: ReadonlySet<DataType> = new Set([DataType.FLOAT, DataType.INT64, DataType.INT32, DataType.BOOL]);

function tensorsOf(facts: ReadonlyMap<string, TensorFact>): TensorProto[] {
  return [...facts].map(([name, { dtype, dims, values }]) => makeTensor(name, dtype, dims, values!));
}

/** Sizes times a fraction: inference and kernels round them differently (1.4 x 5 is inferred as 6, and made 7). */
const ROUNDED: ReadonlySet<string> = new Set(['Resize', 'Upsample']);

/** The runtime names unknown dimensions, and gives no dimensions for scalars and for tensors of unknown rank alike. */
function isKnown(shape: readonly (number | string)[]): boolean {
  return shape.length > 0 && shape.every((dim) => typeof dim === 'number' && dim >= 0);
}

function numbersOf(tensor: Tensor): number[] {
  return Array.from(tensor.data as Int32Array | BigInt64Array, Number);
}

/** The runtime's names of element types. */
const DATA_TYPES: Readonly<Record<string, DataType>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  float16: DataType.FLOAT16,
  int8: DataType.INT8,
  int16: DataType.INT16,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint8: DataType.UINT8,
  uint16: DataType.UINT16,
  uint32: DataType.UINT32,
  uint64: DataType.UINT64,
  bool: DataType.BOOL,
  string: DataType.STRING,
};

/** Types whose values can decide shapes. */
const INTEGERS: ReadonlySet<string> = new Set(['int64', 'int32', 'bool']);

function zeros({ dtype, dims }: TraceInput): Tensor {
  const { type, array } = ARRAYS[dtype] ?? ARRAYS[DataType.FLOAT]!;
  return { type, data: new array(sizeOf(dims)), dims };
}

const ARRAYS: Readonly<Partial<Record<DataType, { type: string; array: new (size: number) => TypedArray }>>> = {
  [DataType.FLOAT]: { type: 'float32', array: Float32Array },
  [DataType.DOUBLE]: { type: 'float64', array: Float64Array },
  [DataType.FLOAT16]: { type: 'float16', array: Uint16Array },
  [DataType.UINT8]: { type: 'uint8', array: Uint8Array },
  [DataType.INT8]: { type: 'int8', array: Int8Array },
  [DataType.INT32]: { type: 'int32', array: Int32Array },
};
