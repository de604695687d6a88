/**
 * Measures one model for scripts/zoo.mjs. Usage: measure.js MODEL DOUBLE CLASS..., with MODEL without its `.onnx`; beside it
 * lies what scripts/zoo/export.py wrote, for each class an input, and a model in float64 too if DOUBLE is true. Prints one
 * line of JSON, a `Measurement`.
 */
import { sizeOf } from '../../src/core/onnx/tensors';
import { openModel } from '../../src/engine/model/inspect';
import { readNpy } from '../../src/files/npy';
import { errorInDouble } from '../support/float64';
import { type GradientSession, gradientSession, relativeErrors } from '../support/runtime';

interface Measurement {
  /** Of each input's gradient: the largest difference, relative to the largest magnitude. */
  readonly errors: readonly number[];
  /** The same of the first input, with the model and its gradient in float64. */
  readonly double?: number;
  readonly layer: string;
  readonly shape: readonly number[];
  /** Distinct operators between the input and the scores, and those of them without a rule. */
  readonly operators: readonly string[];
  readonly unsupported: readonly string[];
  /** Milliseconds of processor time of one pass of one image, medians: the scores alone, and with the input's gradient. */
  readonly forward: number;
  readonly gradient: number;
}

/** So many runs, or as many as fit into the time, but not fewer than the least. */
const RUNS = 40;
const LEAST = 5;
const MILLISECONDS = 2500;

async function measure(path: string, inDouble: boolean, classes: readonly number[]): Promise<Measurement> {
  const { info, file, facts } = await openModel({ path: `${path}.onnx` });
  const errors: number[] = [];
  const input = info.input.name;
  const { dims } = facts.get(input)!;
  if (classes.length > 0) {
    // As the request `gradient` computes it.
    const session = await gradientSession(file, dims, [input], 'basic');
    for (const [k, target] of classes.entries()) {
      const x = await readNpy(`${path}.${k}.input.npy`);
      const expected = await readNpy(`${path}.${k}.gradient.npy`);
      const { gradients } = await session.run({ type: 'float32', data: x.data, dims: x.shape }, target);
      errors.push(relativeErrors(gradients.get(input)!.data as Float32Array, expected.data).largest);
    }
    await session.release();
  }
  const [forward, gradient] = await medians(
    [await gradientSession(file, dims, []), await gradientSession(file, dims, [input])],
    dims,
  );
  const layer = info.layer.value;
  return {
    errors,
    ...(inDouble && { double: await errorInDouble(path, classes[0]!) }),
    layer,
    shape: facts.get(layer)!.dims,
    operators: [...new Set(file.model.graph.node.map(({ opType }) => opType))].sort(),
    unsupported: info.unsupported.map(({ operator }) => operator),
    forward: forward!,
    gradient: gradient!,
  };
}

/**
 * Milliseconds of processor time of each session's runs, the first ones apart, on the one thread that `GROUP_CAM_THREADS` leaves.
 * They take turns, so that what slows the processor slows all alike.
 */
async function medians(sessions: readonly GradientSession[], dims: readonly number[]): Promise<number[]> {
  const image = { type: 'float32', data: Float32Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(i)), dims };
  const times = sessions.map((): number[] => []);
  let spent = 0;
  for (let run = 0; run < LEAST || (run < RUNS && spent < MILLISECONDS); run++) {
    for (const [i, session] of sessions.entries()) {
      const before = process.cpuUsage();
      await session.run(image, 0);
      const { user, system } = process.cpuUsage(before);
      spent += (user + system) / 1000;
      if (run > 0) times[i]!.push((user + system) / 1000);
    }
  }
  for (const session of sessions) await session.release();
  return times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]!);
}

const [path, double, ...classes] = process.argv.slice(2);
measure(path!, double === 'true', classes.map(Number)).then(
  (measurement) => console.log(JSON.stringify(measurement)),
  (error: Error) => console.log(JSON.stringify({ error: error.message })),
);
