/** The bytes of weights, wherever they are stored. */
import { OWN_BYTES, placeOf } from '../../core/onnx/weights';
import { rawBytes } from '../../core/sanity/randomise';
import type { ModelFile } from './model-file';

/** @returns by initializer: its bytes, little endian, which need not be aligned */
export async function weightBytes(
  file: Pick<ModelFile, 'model' | 'buffers'>,
  names: readonly string[],
): Promise<(name: string) => Uint8Array> {
  const { initializers, bytes } = file.model;
  const places = new Map(names.map((name) => [name, placeOf(initializers.get(name)!, bytes)]));
  const external = new Set([...places.values()].flatMap((place) => place?.location ?? []));
  external.delete(OWN_BYTES);
  const buffers = await file.buffers({ buffers: [...external] });
  return (name) => {
    const place = places.get(name);
    const buffer = place && buffers.get(place.location);
    return buffer ? buffer.subarray(place.offset, place.offset + place.length) : rawBytes(initializers.get(name)!);
  };
}
