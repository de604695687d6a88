/** The only file that uses onnxruntime-node, which is loaded with the first session. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import { DataType } from '../../core/onnx/tensors';
import type { EncodedModel, WeightFeed } from '../../core/onnx/weights';
import type { Device } from '../../protocol/devices';
import { askedThreads } from '../../server/variables';
import { missingFiles, providersFor, whyNotLoaded } from './providers';

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

/** A tensor in the runtime's form; `type` is onnxruntime's name, such as float32 or int64. */
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
  /** Sizes, or the names of free dimensions. */
  readonly shape: readonly (number | string)[];
}

export interface Session {
  readonly inputs: ReadonlyMap<string, TensorMetadata>;
  readonly outputs: ReadonlyMap<string, TensorMetadata>;
  /** Runs the model. This blocks the process until the results are ready. */
  run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly device: Device;
  /** How much the runtime may rewrite the graph. */
  readonly optimize: 'none' | 'basic' | 'all';
  /**
   * Whether weights are copied into the kernels' own layout. Runs are then faster, but the memory doubles and creation
   * is slower.
   */
  readonly prepack: boolean;
  /** Number of threads on the CPU; by default that of `setThreads`, or of the variable GROUP_CAM_THREADS. */
  readonly threads?: number;
}

let threads: () => number | undefined = askedThreads;

/** @param count number of threads on the CPU for sessions that are created later; undefined means one for each core */
export function setThreads(count: number | undefined): void {
  threads = () => count;
}

/**
 * Creates a session from an encoded graph. The runtime copies what it needs from `buffers`, which may be dropped
 * afterwards.
 *
 * @param file the model's path, for messages
 * @param buffers the buffers that the model's weights are slices of, by name; weights that are fed as inputs are copied
 *   once
 * @throws runtime-missing, runtime-failed, out-of-memory, device-unavailable
 */
export async function createSession(
  file: string,
  model: EncodedModel,
  buffers: ReadonlyMap<string, Uint8Array>,
  options: SessionOptions,
): Promise<Session> {
  const runtime = await loadRuntime();
  const intraOpNumThreads = options.threads ?? threads();
  const bufferOf = (name: string) => {
    const data = buffers.get(name);
    if (!data) throw errors.internal(`no buffer "${name}" for the weights of ${file}`);
    return data;
  };
  try {
    // By default, the threads of a session spin for tens of milliseconds after each run, in case another run follows.
    // An explanation uses several sessions, and spinning threads would take the cores from the session that runs.
    const session = await runtime.InferenceSession.create(model.bytes, {
      executionProviders: providersFor(options.device),
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
    if (options.device === 'cpu') throw failure(file, error);
    throw deviceFailure(file, options.device, error, (await load()).folder);
  }
}

/** This is a separate function, so that the session's closures do not keep the buffers that it was created from. */
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
        const results = (await session.run({ ...tensors, ...weights }, fetches)) as unknown as Record<string, Tensor>;
        return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, withHalfBits(result)]));
      } catch (error) {
        throw failure(file, error);
      }
    },
    release: () => session.release(),
  };
}

let created = 0;

/**
 * Number of sessions created since the process started. Each leaves some memory behind, so the process is replaced
 * after many.
 */
export function sessionsCreated(): number {
  return created;
}

/** The log level. Errors are thrown, so the runtime only needs to print the message of a crash. */
const FATAL = 4;
/**
 * The largest number of nodes for which the runtime rewrites the graph. Rewriting takes quadratic time: minutes for
 * 40,000 nodes.
 */
const MANY_NODES = 16_000;
const LEVELS = { none: 'disabled', basic: 'basic', all: 'all' } as const;

type Runtime = typeof import('onnxruntime-node');

/**
 * A folder with a copy of onnxruntime's package that has NVIDIA's providers beside its library, where alone they are found;
 * `src/extension/cuda` makes it.
 */
const copied = process.env['GROUP_CAM_RUNTIME'];
let loaded: Promise<{ readonly runtime: Runtime; readonly folder: string }> | undefined;

async function load() {
  loaded ??= (copied ? loadCopy(copied) : loadOwn()).then(({ runtime, main }) => {
    // Otherwise it prints what goes wrong with a device, beside the error that it throws.
    runtime.env.logLevel = 'fatal';
    const folder = path.join(path.dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
    return { runtime, folder };
  });
  try {
    return await loaded;
  } catch (error) {
    loaded = undefined;
    throw errors.runtimeMissing(reasonOf(error), remedyFor(error));
  }
}

const loadRuntime = async (): Promise<Runtime> => (await load()).runtime;

async function loadOwn() {
  return { runtime: await import('onnxruntime-node'), main: require.resolve('onnxruntime-node') };
}

async function loadCopy(folder: string) {
  try {
    const from = createRequire(path.join(folder, 'package.json'));
    return { runtime: from('onnxruntime-node') as Runtime, main: from.resolve('onnxruntime-node') };
  } catch (error) {
    // The product's own package lacks nothing but devices.
    console.error(`The copy of onnxruntime in ${folder} can't be used: ${reasonOf(error)}`);
    return loadOwn();
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

/** Names of the providers that this build of the runtime contains or can load. */
export async function listProviders(): Promise<readonly string[]> {
  return (await loadRuntime()).listSupportedBackends().map(({ name }) => name);
}

/** onnxruntime's version. */
export const runtimeVersion = async (): Promise<string> => (await loadRuntime()).env.versions.node ?? '';

/** Why a device can't be used, as far as files show it: NVIDIA's providers are not part of the package. */
export async function missingProvider(device: Device): Promise<string | undefined> {
  const version = await runtimeVersion();
  return missingFiles(device, (await load()).folder, version);
}

function makeTensor(runtime: Runtime, type: string, data: TypedArray, dims: readonly number[]): OrtTensor {
  const tensor = new runtime.Tensor(type as 'float32', data as Float32Array, dims);
  // Where JavaScript has a Float16Array, as from Node 24 on, the runtime puts half floats into one and then can't read it.
  if (tensor.data !== data) Object.defineProperty(tensor, 'data', { value: data });
  return tensor;
}

/** Half floats as their bits, also where the runtime gives a Float16Array. */
function withHalfBits(tensor: Tensor): Tensor {
  const { type, data, dims } = tensor;
  if (type !== 'float16' || data instanceof Uint16Array) return tensor;
  const { buffer, byteOffset, length } = data;
  return { type, dims, data: new Uint16Array(buffer, byteOffset, length) };
}

/** Copies a weight's bytes, which need not be aligned in the buffer. */
function weightTensor(runtime: Runtime, { type, dims, offset, length }: WeightFeed, buffer: Uint8Array): OrtTensor {
  const { name, array } = FED[type]!;
  return makeTensor(runtime, name, new array(buffer.slice(offset, offset + length).buffer as ArrayBuffer), dims);
}

const FED: Readonly<Partial<Record<DataType, { name: string; array: new (buffer: ArrayBuffer) => TypedArray }>>> = {
  [DataType.FLOAT]: { name: 'float32', array: Float32Array },
  [DataType.DOUBLE]: { name: 'float64', array: Float64Array },
  [DataType.FLOAT16]: { name: 'float16', array: Uint16Array },
};

/** Element types by the runtime's names. */
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
  return new Map(
    values.flatMap((width) => (width.isTensor ? [[width.name, { dtype: width.type, shape: width.shape }]] : [])),
  );
}

function failure(file: string, error: unknown) {
  const reason = cleanReason(error);
  return OUT_OF_MEMORY.test(reason) ? errors.outOfMemory(file, reason) : errors.runtimeFailed(file, reason, error);
}

function deviceFailure(file: string, device: Device, error: unknown, folder: string) {
  const said = cleanReason(error);
  const reason = whyNotLoaded(device, folder, said) ?? said;
  return OUT_OF_MEMORY.test(reason) ? errors.outOfMemory(file, reason) : errors.deviceUnavailable(device, reason);
}

const OUT_OF_MEMORY = /bad_alloc|failed to allocate|out of memory/i;

/** The runtime's error as one line, without its source positions, signatures and failed conditions. */
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
