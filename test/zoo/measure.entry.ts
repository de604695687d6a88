/**
 * Measures one model for scripts/zoo.mjs. Usage: measure.js MODEL CLASS..., with MODEL without its `.onnx`; beside it lie
 * MODEL.k.input.npy and MODEL.k.gradient.npy for the k-th class. Prints one line of JSON, a `Measurement`.
 */
import { sizeOf } from '../../src/core/onnx/tensors';
import { openModel } from '../../src/engine/inspect';
import { readNpy } from '../../src/engine/npy';
import { type GradientSession, gradientSession, relativeErrors } from '../support/runtime';

interface Measurement {
  /** Of each input's gradient: the largest difference, relative to the largest magnitude. */
  readonly errors: readonly number[];
  readonly layer: string;
  readonly shape: readonly number[];
  /** Distinct operators between the input and the scores, and those of them without a rule. */
  readonly operators: readonly string[];
  readonly unsupported: readonly string[];
  /** Milliseconds of one pass of one image: the scores alone, and with the input's gradient. */
  readonly forward: number;
  readonly gradient: number;
}

/** The shortest run counts, since others use the machine too; so many, or as many as fit into the time. */
const RUNS = 40;
const SECONDS = 10;

async function measure(path: string, classes: readonly number[]): Promise<Measurement> {
  const { info, file, facts } = await openModel({ path: `${path}.onnx` });
  const errors: number[] = [];
  const input = info.input.name;
  const { shape: size } = await readNpy(`${path}.0.input.npy`);
  // As the request `gradient` computes it.
  const session = await gradientSession(file, size, [input], 'basic');
  for (const [k, target] of classes.entries()) {
    const x = await readNpy(`${path}.${k}.input.npy`);
    const expected = await readNpy(`${path}.${k}.gradient.npy`);
    const { gradients } = await session.run({ type: 'float32', data: x.data, dims: x.shape }, target);
    errors.push(relativeErrors(gradients.get(input)!.data as Float32Array, expected.data).largest);
  }
  await session.release();
  const { dims } = facts.get(input)!;
  const [forward, gradient] = await shortest(
    [await gradientSession(file, dims, []), await gradientSession(file, dims, [input])],
    dims,
  );
  const layer = info.layer.value;
  return {
    errors,
    layer,
    shape: facts.get(layer)!.dims,
    operators: [...new Set(file.model.graph.node.map(({ opType }) => opType))].sort(),
    unsupported: info.unsupported.map(({ operator }) => operator),
    forward: forward!,
    gradient: gradient!,
  };
}

/** Milliseconds of each session's shortest run; they take turns. */
async function shortest(sessions: readonly GradientSession[], dims: readonly number[]): Promise<number[]> {
  const image = { type: 'float32', data: Float32Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(i)), dims };
  const times = sessions.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + SECONDS * 1000;
  for (let run = 0; run < 2 || (run < RUNS && performance.now() < end); run++) {
    for (const [i, session] of sessions.entries()) {
      const start = performance.now();
      await session.run(image, 0);
      times[i] = Math.min(times[i]!, performance.now() - start);
    }
  }
  for (const session of sessions) await session.release();
  return times;
}

const [path, ...classes] = process.argv.slice(2);
measure(path!, classes.map(Number)).then(
  (measurement) => console.log(JSON.stringify(measurement)),
  (error: Error) => console.log(JSON.stringify({ error: error.message })),
);
