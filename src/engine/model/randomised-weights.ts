/** Model files with some layers' weights re-randomised, in memory; nothing is written. */

import { OWN_BYTES, placeOf, withWeights } from '../../core/onnx/weights';
import { createRandom } from '../../core/random';
import type { WeightLayer } from '../../core/sanity/layers';
import { randomiseLike, rawBytes } from '../../core/sanity/randomise';
import type { ModelFile } from './model-file';

/** Random weights of one layer, by initializer. */
export type RandomisedLayer = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Random weights of each layer. A seed always gives the same weights, whatever layers are used together. */
export async function randomiseLayers(
  file: ModelFile,
  layers: readonly WeightLayer[],
  seed: number,
): Promise<readonly RandomisedLayer[]> {
  const { initializers, bytes } = file.model;
  const places = new Map(
    layers.flatMap(({ weights }) => weights.map((name) => [name, placeOf(initializers.get(name)!, bytes)])),
  );
  const external = new Set([...places.values()].flatMap((place) => place?.location ?? []));
  external.delete(OWN_BYTES);
  const buffers = await file.buffers({ buffers: [...external] });
  const learned = (name: string) => {
    const place = places.get(name);
    const buffer = place && buffers.get(place.location);
    return buffer ? buffer.subarray(place.offset, place.offset + place.length) : rawBytes(initializers.get(name)!);
  };
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
