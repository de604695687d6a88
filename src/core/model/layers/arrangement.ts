/** Converts a layer's tensor, in any order of its axes, to maps [K, height, width] and back. */
import type { LayerInfo } from '../info';

type Arranged = Pick<LayerInfo, 'arrangement' | 'skip' | 'channels' | 'height' | 'width'>;

/**
 * @param tensor of one image: [1, K, height, width], [1, height, width, K] or tokens [1, T, K], of which the first `skip` and those after
 *   the patches, height * width of them, are dropped
 * @returns maps [K, height, width]; this is the tensor itself if its order is the same
 */
export function mapsOf(tensor: Float32Array, layer: Arranged): Float32Array {
  if (layer.arrangement === 'NCHW') return tensor;
  const { channels, height, width } = layer;
  const maps = new Float32Array(channels * height * width);
  const first = layer.skip * channels;
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let k = 0; k < channels; k++) maps[k * height * width + pixel] = tensor[first + pixel * channels + k]!;
  }
  return maps;
}

/**
 * The inverse of `mapsOf`.
 *
 * @param tensor the layer's tensor; its tokens that are not patches keep their values
 * @returns the layer's tensor with the maps in it
 */
export function tensorOf(maps: Float32Array, layer: Arranged, tensor: Float32Array): Float32Array {
  if (layer.arrangement === 'NCHW') return maps;
  const { channels, height, width } = layer;
  const result = tensor.slice();
  const first = layer.skip * channels;
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let k = 0; k < channels; k++) result[first + pixel * channels + k] = maps[k * height * width + pixel]!;
  }
  return result;
}
