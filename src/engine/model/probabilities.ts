/** Determines whether a model's scores are probabilities already, if this does not follow from its graph. */

import { imageGraph, SCORE } from '../../core/cam/transform';
import type { ImageInput } from '../../core/model/inputs';
import type { ScoresTensor } from '../../core/model/logits';
import type { Preprocessing } from '../../core/model/preprocessing';
import { rangeOf } from '../../core/model/scores/ranges';
import type { Facts } from '../../core/onnx/facts';
import { indexGraph } from '../../core/onnx/graph';
import { DataType, sizeOf } from '../../core/onnx/tensors';
import { encodeModel } from '../../core/onnx/weights';
import type { Link } from '../../core/output';
import { createRandom } from '../../core/random';
import { CLASSES, classScores } from '../../core/target/class-scores';
import { createSession, floats } from '../runtime/runtime';
import type { ModelFile } from './model-file';

/**
 * Side of the tiles in each image of noise, in pixels. Networks respond more strongly to coarse noise, so scores are
 * distinguished from probabilities with fewer images.
 */
const TILES = [32, 8, 1];
/** The precision of sums, by type: float32 is much more precise than half floats. */
const TOLERANCES: Readonly<Partial<Record<DataType, number>>> = { [DataType.FLOAT16]: 2e-3 };
const TOLERANCE = 1e-4;

/**
 * Computes the scores of a few images, until the answer is known. Scores that sum to 1 on all of them are probabilities
 * of classes that exclude each other. Other scores are probabilities if the graph allows only values from 0 to 1.
 * Scores downstream of an activation, or without an upper bound, need no images.
 *
 * @throws runtime-failed
 */
export async function linkOf(
  file: ModelFile,
  facts: Facts,
  input: ImageInput,
  preprocessing: Preprocessing,
  scores: ScoresTensor,
): Promise<Link> {
  if (scores.activation || scores.unbounded) return 'identity';
  const tolerance = TOLERANCES[facts.get(scores.logits)!.dtype] ?? TOLERANCE;
  const isProbability = (p: number) => p >= -tolerance && p <= 1 + tolerance;
  const [low, high] = rangeOf(indexGraph(file.model.graph.node), facts, scores.logits);
  const unlessWhole = low >= 0 && high <= 1 ? 'logit' : 'identity';
  for await (const row of scoresOfNoise(file, facts, input, preprocessing, scores.logits)) {
    if (!row.every(isProbability)) return 'identity';
    const sum = row.reduce((total, p) => total + p, 0);
    if (scores.classes === 1 || Math.abs(sum - 1) > tolerance) return unlessWhole;
  }
  return 'log';
}

async function* scoresOfNoise(
  file: ModelFile,
  facts: Facts,
  input: ImageInput,
  preprocessing: Preprocessing,
  scores: string,
): AsyncGenerator<Float32Array> {
  const { name } = input;
  const plain = {
    logits: scores,
    link: 'identity',
    activation: 'none',
    classes: sizeOf(facts.get(scores)!.dims),
  } as const;
  const encoded = encodeModel(file.model, imageGraph(file.model, facts, { input: name }, classScores(plain, facts)));
  const session = await createSession(file.path, encoded, await file.buffers(encoded), {
    device: 'cpu',
    optimize: 'basic',
    prepack: false,
  });
  try {
    const { dims } = facts.get(name)!;
    for (const tile of TILES) {
      const image = floats(noise(input, preprocessing, tile), dims);
      yield (await session.run({ [SCORE.image]: image }, [CLASSES.logits]))[CLASSES.logits]!.data as Float32Array;
    }
  } finally {
    await session.release();
  }
}

/** A preprocessed image of tiles with random colours, which are the same in each call. */
function noise({ channels, layout }: ImageInput, preprocessing: Preprocessing, tile: number): Float32Array {
  const { width, height, scale, mean, std } = preprocessing;
  const random = createRandom(tile);
  const size = [channels, Math.ceil(height.value / tile), Math.ceil(width.value / tile)];
  const tiles = Float32Array.from({ length: sizeOf(size) }, () => random.below(256));
  const values = new Float32Array(channels * height.value * width.value);
  let at = 0;
  const add = (c: number, y: number, x: number) => {
    const pixel = tiles[(c * size[1]! + Math.floor(y / tile)) * size[2]! + Math.floor(x / tile)]!;
    values[at++] = (pixel * scale.value - mean.value[c]!) / std.value[c]!;
  };
  if (layout === 'NHWC') each(height.value, (y) => each(width.value, (x) => each(channels, (c) => add(c, y, x))));
  else each(channels, (c) => each(height.value, (y) => each(width.value, (x) => add(c, y, x))));
  return values;
}

function each(count: number, act: (index: number) => void): void {
  for (let i = 0; i < count; i++) act(i);
}
