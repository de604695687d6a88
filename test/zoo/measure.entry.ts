/**
 * Measures one model for scripts/zoo.mjs. Usage: measure.js MODEL CLASS..., with MODEL without its `.onnx`; beside it lie
 * MODEL.k.input.npy and MODEL.k.gradient.npy for the k-th class. Prints one line of JSON, a `Measurement`.
 */
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

/** The shortest of so many runs counts: others use the machine too. */
const RUNS = 5;

async function measure(path: string, classes: readonly number[]): Promise<Measurement> {
  const { info, file, facts } = await openModel({ path: `${path}.onnx` });
  const first = await readNpy(`${path}.0.input.npy`);
  const input = info.input.name;
  const sessions = [await gradientSession(file, first.shape, []), await gradientSession(file, first.shape, [input])];
  const errors: number[] = [];
  for (const [k, target] of classes.entries()) {
    const x = await readNpy(`${path}.${k}.input.npy`);
    const expected = await readNpy(`${path}.${k}.gradient.npy`);
    const { gradients } = await sessions[1]!.run({ type: 'float32', data: x.data, dims: x.shape }, target);
    errors.push(relativeErrors(gradients.get(input)!.data as Float32Array, expected.data).largest);
  }
  const times = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < RUNS; run++) {
    for (const [i, session] of sessions.entries())
      times[i] = Math.min(times[i]!, await timeOf(session, first, classes));
  }
  for (const session of sessions) await session.release();
  const layer = info.layer.value;
  return {
    errors,
    layer,
    shape: facts.get(layer)!.dims,
    operators: [...new Set(file.model.graph.node.map(({ opType }) => opType))].sort(),
    unsupported: info.unsupported.map(({ operator }) => operator),
    forward: times[0]!,
    gradient: times[1]!,
  };
}

async function timeOf(session: GradientSession, x: Awaited<ReturnType<typeof readNpy>>, classes: readonly number[]) {
  const start = performance.now();
  await session.run({ type: 'float32', data: x.data, dims: x.shape }, classes[0]!);
  return performance.now() - start;
}

const [path, ...classes] = process.argv.slice(2);
measure(path!, classes.map(Number)).then(
  (measurement) => console.log(JSON.stringify(measurement)),
  (error: Error) => console.log(JSON.stringify({ error: error.message })),
);
