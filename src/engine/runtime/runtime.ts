/** The only file that knows onnxruntime-node; it is loaded with the first session. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import { DataType } from '../../core/onnx/tensors';
import type { EncodedModel, WeightFeed } from '../../core/onnx/weights';
import type { Device } from '../../protocol/devices';
import { askedThreads } from './cores';

export type TypedArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor as the runtime takes and gives it; `type` is onnxruntime's name, such as float32 or int64. */
export interface Tensor {
  readonly type: string;
  readonly data: TypedArray;
  readonly dims: readonly number[];
}

export function floats(data: Float32Array, dims: readonly number[]): Tensor {
  return { type: 'float32', data, dims };
}

export interface TensorMetadata {
  readonly dtype: string;
  /** Numbers, or names of dimensions that are free. */
  readonly shape: readonly (number | string)[];
}

export interface Session {
  readonly inputs: ReadonlyMap<string, TensorMetadata>;
  readonly outputs: ReadonlyMap<string, TensorMetadata>;
  /** Blocks the process until it is done. */
  run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly device: Device;
  /** How far the runtime may rewrite the graph. */
  readonly optimize: 'none' | 'basic' | 'all';
  /** Copies weights into the kernels' own layout: faster runs, twice the memory, slower creation. */
  readonly prepack: boolean;
  /** To compute with on the CPU; unless given, see `setThreads`. */
  readonly threads?: number;
}

let threads = askedThreads();

/** @param count with how many threads later sessions compute on the CPU; undefined: one a core of the machine */
export function setThreads(count: number | undefined): void {
  threads = count;
}

/**
 * Makes a session of an encoded graph. The runtime copies what it needs of `buffers`, which may be dropped afterwards.
 *
 * @param file the model's path, for messages
 * @param buffers what the model's weights are slices of, by name; weights that are fed are copied from there once
 * @throws runtime-missing, runtime-failed, out-of-memory, device-unavailable
 */
export async function createSession(
  file: string,
  model: EncodedModel,
  buffers: ReadonlyMap<string, Uint8Array>,
  options: SessionOptions,
): Promise<Session> {
  const runtime = await loadRuntime();
  const intraOpNumThreads = options.threads ?? threads;
  const bufferOf = (name: string) => {
    const data = buffers.get(name);
    if (!data) throw errors.internal(`no buffer "${name}" for the weights of ${file}`);
    return data;
  };
  try {
    // Threads of a session spin for tens of milliseconds after each run, in case another follows. An explanation goes
    // through several sessions: those that have run would take the cores from the one that runs.
    const session = await runtime.InferenceSession.create(model.bytes, {
      executionProviders: [PROVIDERS[options.device]],
      graphOptimizationLevel: LEVELS[model.nodes > MANY_NODES ? 'none' : options.optimize],
      logSeverityLevel: FATAL,
      ...(intraOpNumThreads !== undefined && { intraOpNumThreads }),
      externalData: model.buffers.map((path) => ({ path, data: bufferOf(path) })),
      extra: { session: { disable_prepacking: options.prepack ? '0' : '1', force_spinning_stop: '1' } },
    });
    created += 1;
    const weights = (model.feeds ?? []).map((feed) => [
      feed.name,
      weightTensor(runtime, feed, bufferOf(feed.location)),
    ]);
    return wrap(runtime, file, session, Object.fromEntries(weights));
  } catch (error) {
    if (error instanceof ExplainError) throw error;
    throw options.device === 'cpu' ? failure(file, error) : deviceFailure(file, options.device, error);
  }
}

/** A function of its own, since what the session keeps must not keep the buffers it was made from. */
function wrap(
  runtime: Runtime,
  file: string,
  session: InferenceSession,
  weights: Readonly<Record<string, OrtTensor>>,
): Session {
  return {
    inputs: metadataOf(session.inputMetadata),
    outputs: metadataOf(session.outputMetadata),
    run: async (feeds, fetches) => {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { type, data, dims }]) => [name, makeTensor(runtime, type, data, dims)]),
      );
      try {
        return (await session.run({ ...tensors, ...weights }, fetches)) as unknown as Record<string, Tensor>;
      } catch (error) {
        throw failure(file, error);
      }
    },
    release: () => session.release(),
  };
}

let created = 0;

/** Sessions made since the process started. Each leaves some memory behind, so the process is recycled after many. */
export function sessionsCreated(): number {
  return created;
}

/** Everything is thrown as an error, so the runtime need not print any but the last words of a crash. */
const FATAL = 4;
/** The runtime's rewriting takes quadratic time: of 40,000 nodes, minutes. */
const MANY_NODES = 16_000;
const LEVELS = { none: 'disabled', basic: 'basic', all: 'all' } as const;
const PROVIDERS: Readonly<Record<Device, InferenceSession.ExecutionProviderConfig>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  dml: 'dml',
  // The ML program form; the older form lacks most operators.
  coreml: { name: 'coreml', coreMlFlags: 0x010 },
};

type Runtime = typeof import('onnxruntime-node');

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw errors.runtimeMissing(reasonOf(error), remedyFor(error));
  }
}

function remedyFor(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code !== 'ERR_DLOPEN_FAILED')
    return `It has no build for ${process.platform}-${process.arch}, or was not installed: run npm ci.`;
  return process.platform === 'win32'
    ? 'Install the Microsoft Visual C++ Redistributable (https://aka.ms/vs/17/release/vc_redist.x64.exe).'
    : 'It needs glibc 2.28 or newer (not musl) and the C++ runtime library libstdc++6.';
}

/** Providers that this build of the runtime brings or can load, as it names them. */
export async function listProviders(): Promise<readonly string[]> {
  return (await loadRuntime()).listSupportedBackends().map(({ name }) => name);
}

/** The libraries of the CUDA provider come apart from the package. The reason why it can't be used without them. */
export async function missingCuda(): Promise<string | undefined> {
  const { env } = await loadRuntime();
  const folder = path.join(path.dirname(require.resolve('onnxruntime-node')), '..', 'bin', 'napi-v6', 'linux', 'x64');
  if (['cuda', 'shared'].every((name) => existsSync(path.join(folder, `libonnxruntime_providers_${name}.so`))))
    return undefined;
  const source = `https://www.nuget.org/packages/Microsoft.ML.OnnxRuntime.Gpu.Linux/${env.versions.node}`;
  return `it needs the libraries of CUDA 13, and runtimes/linux-x64/native/*.so of ${source} in ${folder}`;
}

function makeTensor(runtime: Runtime, type: string, data: TypedArray, dims: readonly number[]): OrtTensor {
  return new runtime.Tensor(type as 'float32', data as Float32Array, dims);
}

/** A copy of a weight's bytes, which in the buffer need not be aligned. */
function weightTensor(runtime: Runtime, { type, dims, offset, length }: WeightFeed, buffer: Uint8Array): OrtTensor {
  const { name, array } = FED[type]!;
  return makeTensor(runtime, name, new array(buffer.slice(offset, offset + length).buffer as ArrayBuffer), dims);
}

const FED: Readonly<Partial<Record<DataType, { name: string; array: new (buffer: ArrayBuffer) => TypedArray }>>> = {
  [DataType.FLOAT]: { name: 'float32', array: Float32Array },
  [DataType.DOUBLE]: { name: 'float64', array: Float64Array },
  [DataType.FLOAT16]: { name: 'float16', array: Uint16Array },
};

/** The runtime's names of element types. */
export const DATA_TYPES: Readonly<Record<string, DataType>> = {
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

function metadataOf(values: readonly InferenceSession.ValueMetadata[]): Map<string, TensorMetadata> {
  return new Map(values.flatMap((v) => (v.isTensor ? [[v.name, { dtype: v.type, shape: v.shape }]] : [])));
}

function failure(file: string, error: unknown) {
  const reason = cleanReason(error);
  return OUT_OF_MEMORY.test(reason) ? errors.outOfMemory(file, reason) : errors.runtimeFailed(file, reason, error);
}

function deviceFailure(file: string, device: Device, error: unknown) {
  const reason = cleanReason(error);
  return OUT_OF_MEMORY.test(reason) ? errors.outOfMemory(file, reason) : errors.deviceUnavailable(device, reason);
}

const OUT_OF_MEMORY = /bad_alloc|failed to allocate|out of memory/i;

/** One line without the runtime's own source positions, signatures and failed conditions. */
function cleanReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error))
    .slice(0, 3000)
    .replace(/\s+/g, ' ')
    .replace(/\S*\.(cc|h):\d+ (?:[\w:~<>*& ,]+\([^)]*\)(?: const)? )?/g, '')
    .replace(/^.* was false\. (?=\S)/, '')
    .replace(/\.$/, '')
    .trim()
    .slice(0, 300);
}
