/** What plain onnxruntime says of a model and an input, without anything of the product. */
import { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * @param output a name; by default the first
 * @param level of optimisation: with `disabled` every node computes what it says, and `all` is what people run
 */
export async function plainRun(
  model: string | Uint8Array,
  input: Float32Array,
  dims: readonly number[],
  output?: string,
  level: 'disabled' | 'all' = 'disabled',
): Promise<Float32Array> {
  const options = { graphOptimizationLevel: level, logSeverityLevel: 4, intraOpNumThreads: 1 } as const;
  const session = await InferenceSession.create(model as string, options);
  try {
    const results = await session.run({ [session.inputNames[0]!]: new Tensor('float32', input, dims) });
    return results[output ?? session.outputNames[0]!]!.data as Float32Array;
  } finally {
    await session.release();
  }
}

/**
 * Central differences of one output along some elements of the input.
 *
 * @param places indices of the elements
 */
export async function plainDifferences(
  run: (input: Float32Array) => Promise<Float32Array>,
  input: Float32Array,
  output: number,
  places: readonly number[],
  step = 2 ** -7,
): Promise<number[]> {
  const slopes: number[] = [];
  for (const place of places) {
    const [above, below] = [input.slice(), input.slice()];
    above[place]! += step;
    below[place]! -= step;
    slopes.push(((await run(above))[output]! - (await run(below))[output]!) / (above[place]! - below[place]!));
  }
  return slopes;
}
