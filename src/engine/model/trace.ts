/** Types and dimensions of all tensors of a model, computed by the runtime. */
import { checkBounds, checkScans, checkSizes } from '../../core/onnx/bounds';
import {
  constantFacts,
  encodeForInference,
  type Facts,
  planTrace,
  SMALL,
  staticTensors,
  type TensorFact,
  valueInfo,
} from '../../core/onnx/facts';
import { indexGraph, tensorsDependingOn } from '../../core/onnx/graph';
import type { Model } from '../../core/onnx/model';
import { operatorOf } from '../../core/onnx/operators';
import { DataType, sizeOf } from '../../core/onnx/tensors';
import { DATA_TYPES, type Tensor, type TypedArray } from '../runtime/runtime';
import { foldConstants, isKnown, knownSizes, loadOnce, tensorsOf } from './fold';
import type { ModelFile } from './model-file';

/** The model's image input, with the dimensions that it is run at. */
export interface TraceInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly dims: readonly number[];
}

/**
 * The facts of a model for one size of input. For most models, the runtime infers all shapes when it creates the
 * session. Only a model that computes sizes is run, once, on an image of zeros. There are no facts about tensors that
 * depend on other inputs.
 *
 * @throws runtime-failed if the model can't take an input of these dimensions
 */
export async function traceFacts(file: ModelFile, input: TraceInput): Promise<Facts> {
  const { graph } = file.model;
  const folded = await foldConstants(file, file.model);
  checkBounds(file.model, folded);
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

/** The facts that the runtime infers from the graph; undefined if some are missing. */
async function infer(file: ModelFile, model: Model, input: TraceInput): Promise<Facts | undefined> {
  const isStatic = staticTensors(model, [input.name]);
  const session = await loadOnce(file, encodeForInference(model), { threads: 1 });
  try {
    const outputs = [...session.outputs];
    const sizes = knownSizes(session);
    checkSizes(sizes, file.path);
    const dims = new Map(sizes);
    checkScans(model.graph.node, (name) => dims.get(name), file.path);
    if (model.graph.node.some((node) => ROUNDED.has(operatorOf(node)))) return undefined;
    const complete = outputs.every(
      ([name, { dtype, shape }]) => isKnown(shape) && !(INTEGERS.has(dtype) && isStatic(name)),
    );
    if (!complete) return undefined;
    return new Map(outputs.map(([name, { dtype, shape }]) => [name, factOf(dtype, shape.map(Number))]));
  } finally {
    await session.release();
  }
}

/** The facts from a run on an image of zeros. */
async function measure(file: ModelFile, model: Model, input: TraceInput): Promise<Facts> {
  const plan = planTrace(model, [input.name]);
  const session = await loadOnce(file, plan.model);
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

function factOf(dtype: string, dims: readonly number[]): TensorFact {
  return { dtype: DATA_TYPES[dtype] ?? DataType.UNDEFINED, dims };
}

/**
 * Operators that multiply sizes by a fraction. Inference and kernels round differently (1.4 x 5 is inferred as 6, but
 * the kernel makes 7).
 */
const ROUNDED: ReadonlySet<string> = new Set(['Resize', 'Upsample']);

function numbersOf(tensor: Tensor): number[] {
  return Array.from(tensor.data as Int32Array | BigInt64Array, Number);
}

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
