/** Types and dimensions of all tensors of a model, told by the runtime. */
import { constantFacts, type Facts, planTrace, SMALL, type TensorFact, valueInfo } from '../core/onnx/facts';
import { DataType, sizeOf } from '../core/onnx/tensors';
import type { ModelFile } from './model-file';
import { createSession, type Tensor, type TypedArray } from './runtime';

/** The model's image input, with the dimensions it is run at. */
export interface TraceInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly dims: readonly number[];
}

/**
 * The facts of a model for one size of input. Most models' shapes are plain from the graph, and the runtime infers them
 * when it makes the session; only a model that computes sizes is run, once, on an image of zeros.
 *
 * @throws runtime-failed if the model can't take an input of these dimensions
 */
export async function traceFacts(file: ModelFile, input: TraceInput): Promise<Facts> {
  const fixed = [valueInfo(input.name, input.dtype, input.dims)];
  const plan = planTrace({ ...file.model, graph: { ...file.model.graph, input: fixed } }, [input.name]);
  const session = await createSession(file.path, plan.model, await file.buffers(plan.model), {
    device: 'cpu',
    optimize: 'none',
    prepack: false,
  });
  try {
    const facts = new Map<string, TensorFact>(constantFacts(file.model));
    facts.set(input.name, { dtype: input.dtype, dims: input.dims });
    const tensors = plan.tensors.flatMap((name) => {
      const metadata = session.outputs.get(name);
      return metadata ? [{ name, ...metadata, valued: plan.isStatic(name) && INTEGERS.has(metadata.dtype) }] : [];
    });
    const rounded = file.model.graph.node.some(({ opType }) => ROUNDED.has(opType));
    const inferred = !rounded && tensors.every(({ shape, valued }) => isKnown(shape) && !valued);
    const fetches = tensors.flatMap(({ name, valued }) => [plan.shapeOutput(name), ...(valued ? [name] : [])]);
    const results = inferred ? {} : await session.run({ [input.name]: zeros(input) }, fetches);
    for (const { name, dtype, shape, valued } of tensors) {
      const dims = inferred ? shape.map(Number) : numbersOf(results[plan.shapeOutput(name)]!);
      const values = valued && sizeOf(dims) <= SMALL ? numbersOf(results[name]!) : undefined;
      facts.set(name, { dtype: DATA_TYPES[dtype] ?? DataType.UNDEFINED, dims, ...(values && { values }) });
    }
    return facts;
  } finally {
    await session.release();
  }
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
