/** Model files with some layers' weights re-randomised, in memory; nothing is written. */

import { withWeights } from '../../core/onnx/weights';
import { createRandom } from '../../core/random';
import type { WeightLayer } from '../../core/sanity/layers';
import { randomiseLike } from '../../core/sanity/randomise';
import type { ModelFile } from './model-file';
import { weightBytes } from './weight-bytes';

/** Random weights of one layer, by initializer. */
export type RandomisedLayer = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Random weights of each layer. A seed always gives the same weights, whatever layers are used together. */
export async function randomiseLayers(
  file: ModelFile,
  layers: readonly WeightLayer[],
  seed: number,
): Promise<readonly RandomisedLayer[]> {
  const { initializers } = file.model;
  const learned = await weightBytes(
    file,
    layers.flatMap(({ weights }) => weights),
  );
  const seeds = createRandom(seed);
  return layers.map(({ weights }) => {
    const random = createRandom(seeds.bits());
    return new Map(
      weights.map((name) => [name, randomiseLike(initializers.get(name)!.dataType, learned(name), random)] as const),
    );
  });
}

/** The file with the weights of some layers replaced. */
export function withRandomised(file: ModelFile, drawn: readonly RandomisedLayer[]): ModelFile {
  const replaced = withWeights(file.model, new Map(drawn.flatMap((layer) => [...layer])));
  return {
    ...file,
    model: replaced.model,
    buffers: async (encoded) => {
      const own = await file.buffers({
        ...encoded,
        buffers: encoded.buffers.filter((name) => !replaced.buffers.has(name)),
      });
      return new Map([...own, ...replaced.buffers]);
    },
  };
}
