/** From a picture or a stored tensor to the network's input. */
import { errors } from '../../core/errors';
import type { ImageTransform, Size } from '../../core/geometry';
import { identityTransform, place, transformOf, visibleWindow } from '../../core/geometry';
import type { ModelInfo } from '../../core/model/info';
import type { Color } from '../../core/model/preprocessing';
import { type RgbImage, resample } from '../../core/resample';
import { type NpyArray, readNpy } from '../../files/npy';
import type { ImageSource } from '../../protocol/requests';
import { decodeImage } from './image';

export interface PreparedInput {
  /** [1, C, H, W] or [1, H, W, C], as the model needs it; see `dims`. */
  readonly tensor: Float32Array;
  readonly dims: readonly number[];
  readonly transform: ImageTransform;
  /** Milliseconds for decoding and preprocessing. */
  readonly milliseconds: number;
}

type Layout = ModelInfo['input']['layout'];

/** The value of a channel for the pixel at `i`, 0 to 255. */
type Channel = (rgb: Uint8Array, i: number) => number;

const red: Channel = (rgb, i) => rgb[i]!;
const green: Channel = (rgb, i) => rgb[i + 1]!;
const blue: Channel = (rgb, i) => rgb[i + 2]!;
/** ITU-R 601 luma in Pillow's integers. */
const luma: Channel = (rgb, i) => (rgb[i]! * 19595 + rgb[i + 1]! * 38470 + rgb[i + 2]! * 7471 + 0x8000) >> 16;
/** The alpha channel, which is opaque since the picture's own alpha was dropped. */
const opaque: Channel = () => 255;

const CHANNELS: { readonly [C in Color]: readonly Channel[] } = {
  RGB: [red, green, blue, opaque],
  BGR: [blue, green, red, opaque],
  GRAY: [luma, luma, luma, opaque],
};

/** @throws image-..., tensor-... errors that name the source */
export async function prepareInput(source: ImageSource, info: ModelInfo): Promise<PreparedInput> {
  const start = performance.now();
  const size: Size = { width: info.preprocessing.width.value, height: info.preprocessing.height.value };
  const dims = dimsOf(info.input.layout, info.input.channels, size);
  const prepared =
    'tensor' in source
      ? {
          tensor: fitTensor(source.tensor, await readNpy(source.tensor), info, size),
          transform: identityTransform(size),
        }
      : preprocess(await decodeImage(source), info, size);
  return { ...prepared, dims, milliseconds: performance.now() - start };
}

/** The input that `prepareInput` makes of a file with this image. */
export function prepareImage(image: RgbImage, info: ModelInfo): Omit<PreparedInput, 'milliseconds'> {
  const size: Size = { width: info.preprocessing.width.value, height: info.preprocessing.height.value };
  return { ...preprocess(image, info, size), dims: dimsOf(info.input.layout, info.input.channels, size) };
}

function dimsOf(layout: Layout, channels: number, { width, height }: Size): readonly number[] {
  return layout === 'NCHW' ? [1, channels, height, width] : [1, height, width, channels];
}

/** A stored tensor in the model's layout. A tensor in the other layout is transposed. */
function fitTensor(file: string, { shape, data }: NpyArray, info: ModelInfo, size: Size): Float32Array {
  const { layout, channels } = info.input;
  const wanted = dimsOf(layout, channels, size);
  if ([wanted, info.input.shape].some((dims) => String(dims) === String(shape))) return data;
  const other = layout === 'NCHW' ? 'NHWC' : 'NCHW';
  if (String(shape) !== String(dimsOf(other, channels, size))) {
    throw errors.tensorShape(file, shape, `[${(info.input.shape ?? wanted).join(', ')}]`);
  }
  return relayout(data, other, layout, channels, size);
}

/** The values of one image in another order of axes. If the order is the same, the same array is returned. */
export function relayout(data: Float32Array, from: Layout, to: Layout, channels: number, size: Size): Float32Array {
  if (from === to) return data;
  const [source, goal] = [indexing(from, channels, size), indexing(to, channels, size)];
  const result = new Float32Array(data.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < size.width * size.height; i++) {
      result[c * goal.channel + i * goal.pixel] = data[c * source.channel + i * source.pixel]!;
    }
  }
  return result;
}

/** The distances between neighbouring channels and pixels in a tensor. */
function indexing(layout: Layout, channels: number, { width, height }: Size) {
  return layout === 'NCHW' ? { channel: width * height, pixel: 1 } : { channel: 1, pixel: channels };
}

/**
 * Scales the image, crops or pads it, and normalises it: value = (pixel * scale - mean) / std. Where the input reaches
 * beyond the image, it is 0 (the mean colour) with the fit `pad`, and black with other fits, as in torchvision's and
 * transformers' crops.
 */
function preprocess(image: RgbImage, info: ModelInfo, size: Size) {
  const { fit, resize, interpolation, color, scale, mean, std } = info.preprocessing;
  // An image of the input's size has been cut already, unless a source says that it is cut once more.
  const isReady = fit.origin === 'assumed' && image.width === size.width && image.height === size.height;
  const placement = place(image, size, isReady ? 'none' : fit.value, resize.value);
  const visible = visibleWindow(size, placement);
  const { left, top, width, height } = visible;
  const window = { width, height, left: left + placement.left, top: top + placement.top };
  const pixels = resample(image, placement.resized, window, interpolation.value);

  const { channels, layout } = info.input;
  const stride = indexing(layout, channels, size);
  const all = size.width * size.height;
  const tensor = new Float32Array(all * channels);
  CHANNELS[color.value].slice(0, channels).forEach((channel, c) => {
    const center = mean.value[c]!;
    const spread = std.value[c]!;
    const index = (x: number, y: number) => c * stride.channel + (y * size.width + x) * stride.pixel;
    if (width * height < all) {
      const border = fit.value === 'pad' ? 0 : (0 - center) / spread;
      for (let i = 0; i < all; i++) tensor[index(i, 0)] = border;
    }
    // A pixel has one of 256 values, so each is computed once.
    const values = Float32Array.from({ length: 256 }, (_, pixel) => (pixel * scale.value - center) / spread);
    for (let y = 0, from = 0; y < height; y++) {
      let to = index(left, top + y);
      for (let x = 0; x < width; x++, from += 3, to += stride.pixel) tensor[to] = values[channel(pixels.data, from)]!;
    }
  });
  return { tensor, transform: transformOf(image, placement) };
}

/** The indices of red, green and blue among the model's channels. */
const SHOWN: { readonly [C in Color]: readonly [number, number, number] } = {
  RGB: [0, 1, 2],
  BGR: [2, 1, 0],
  GRAY: [0, 0, 0],
};

/**
 * A network's input as a picture: pixel = (value * std + mean) / scale, clipped to the range of pixels.
 *
 * @param planes [channels, height, width]
 */
export function pictureOf(planes: Float32Array, { preprocessing }: ModelInfo): RgbImage {
  const { color, scale, mean, std, width, height } = preprocessing;
  const pixels = width.value * height.value;
  const data = new Uint8ClampedArray(pixels * 3);
  SHOWN[color.value].forEach((c, at) => {
    for (let i = 0; i < pixels; i++) {
      data[i * 3 + at] = (planes[c * pixels + i]! * std.value[c]! + mean.value[c]!) / scale.value;
    }
  });
  return { width: width.value, height: height.value, data: new Uint8Array(data.buffer) };
}
