/** Whether a model takes several images at once, and what is known of its tensors then. */
import { assemble, modelValues, realValues } from '../../core/cam/graph';
import { createEmitter } from '../../core/onnx/emit';
import type { Facts } from '../../core/onnx/facts';
import { FLOATS, sizeOf } from '../../core/onnx/tensors';
import { encodeModel } from '../../core/onnx/weights';
import { createRandom } from '../../core/random';
import { isFailedRun } from '../runtime/batching';
import { createSession, floats } from '../runtime/runtime';
import type { ModelFile } from './model-file';
import { traceFacts } from './trace';

const IMAGE = 'group-cam:image';
const SCORES = 'group-cam:scores';
/** Of the largest score; runs with other images beside an image may round differently. */
const SAME = 1e-3;

/**
 * The facts of a model for a batch of images.
 *
 * @param facts at batch 1
 * @returns undefined if the graph is bound to a single image: it can't take several, or what it says of an image depends
 *   on those beside it
 * @throws what creating a session throws, but for sizes that don't fit
 */
export async function factsAtBatch(
  file: ModelFile,
  facts: Facts,
  { input, logits }: Ends,
  batch: number,
): Promise<Facts | undefined> {
  if (batch === 1) return facts;
  const { dtype, dims } = facts.get(input)!;
  const [, ...scores] = facts.get(logits)!.dims;
  try {
    if (!(await areApart(file, facts, { input, logits }))) return undefined;
    const found = await traceFacts(file, { name: input, dtype, dims: [batch, ...dims.slice(1)] });
    return String(found.get(logits)?.dims) === String([batch, ...scores]) ? found : undefined;
  } catch (thrown) {
    if (isFailedRun(thrown)) return undefined;
    throw thrown;
  }
}

interface Ends {
  readonly input: string;
  readonly logits: string;
}

/**
 * Whether a model takes two images at once, and the scores of an image stay the same if the image beside it is another.
 *
 * @throws what creating a session throws, but for sizes that don't fit
 */
export async function areApart(file: ModelFile, facts: Facts, ends: Ends): Promise<boolean> {
  try {
    return await staySame(file, facts, ends);
  } catch (thrown) {
    if (isFailedRun(thrown)) return false;
    throw thrown;
  }
}

async function staySame(file: ModelFile, facts: Facts, { input, logits }: Ends): Promise<boolean> {
  const { model } = file;
  const dims = [2, ...facts.get(input)!.dims.slice(1)];
  const front = createEmitter('group-cam/images', model.opset, facts.keys());
  front.alias(modelValues(front, model, facts, input, IMAGE), input);
  const end = createEmitter('group-cam/scores', model.opset, facts.keys());
  end.alias(realValues(end, model, facts, logits), SCORES);
  const graph = assemble(model, front, end, [{ name: IMAGE, dims }], [SCORES]);
  const encoded = encodeModel(model, graph);
  const options = { device: 'cpu', optimize: 'basic', prepack: false } as const;
  const session = await createSession(file.path, encoded, await file.buffers(encoded), options);
  try {
    const size = sizeOf(dims) / 2;
    const { normal, below } = createRandom(1);
    const pixel = FLOATS.has(facts.get(input)!.dtype) ? normal : () => below(256);
    const [image, ...others] = [1, 2, 3].map(() => Float32Array.from({ length: size }, pixel));
    const runs = [];
    for (const other of others) {
      const pair = new Float32Array(2 * size);
      pair.set(image!);
      pair.set(other, size);
      const { [SCORES]: result } = await session.run({ [IMAGE]: floats(pair, dims) }, [SCORES]);
      if (result!.dims[0] !== 2) return false;
      runs.push((result!.data as Float32Array).slice(0, sizeOf(result!.dims) / 2));
    }
    const [one, two] = runs as [Float32Array, Float32Array];
    const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return one.every((value, i) => Math.abs(value - two[i]!) <= SAME * largest);
  } finally {
    await session.release();
  }
}
