/**
 * Reads and writes pictures. This is the only file that loads sharp, and it does so when the first picture is read.
 *
 * Every picture becomes upright 8-bit RGB as Pillow's `convert("RGB")` gives it, since that is what classifiers are
 * trained with: alpha is dropped, not blended, and colour profiles are ignored, those of CMYK too.
 */
import type { Metadata, Sharp } from 'sharp';
import { ExplainError, errors, reasonOf } from '../../core/errors';
import type { Size } from '../../core/geometry';
import type { RgbImage } from '../../core/resample';
import { isAbsent } from '../../core/system-errors';
import { readHead, readRegular } from '../../files/open';
import type { ImageSource } from '../../protocol/requests';
import { BMP_HEAD_BYTES, bmpSize, decodeBmp, isBmp } from './bmp';

/** An image that has pixels to decode. */
export type PictureSource = Exclude<ImageSource, { readonly tensor: string }>;

/** 100 megapixels, which are 300 MB after decoding. */
export const MAX_PIXELS = 100_000_000;

/** The largest BMP file, in bytes. BMP is the only format that is read into memory as a whole. */
const MAX_BMP_BYTES = MAX_PIXELS * 4 + 65_536;

/**
 * The formats that are read by sharp; AVIF is called `heif` there. Other formats that sharp could open, such as SVG or
 * PDF, are refused.
 */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);
const DEPTHS: ReadonlySet<string> = new Set(['uchar', 'ushort']);

type Codec = typeof import('sharp')['default'];
let codec: Promise<Codec> | undefined;

function loadCodec(): Promise<Codec> {
  codec ??= import('sharp').then(
    ({ default: sharp }) => {
      // sharp's cache uses the path as key and would return the old picture of a changed file.
      sharp.cache(false);
      return sharp;
    },
    (thrown: unknown) => {
      throw errors.codecMissing(reasonOf(thrown), thrown);
    },
  );
  return codec;
}

export function nameOf(source: ImageSource): string {
  if ('tensor' in source) return source.tensor;
  return 'path' in source ? source.path : source.name;
}

/**
 * Decodes a picture to upright 8-bit RGB. For animations and files with several pages, it decodes the first image.
 *
 * @throws image-missing, image-unreadable (also if the file is truncated), image-too-large (from the header alone)
 */
export async function decodeImage(source: PictureSource): Promise<RgbImage> {
  return (await openImage(source)).decode();
}

/** A picture of which only the header was read. */
export interface OpenedImage {
  /** Number of pixels. */
  readonly pixels: number;
  /** True if browsers show the file as it is decoded here: upright, and one picture. */
  readonly forBrowsers: boolean;
  /** @throws image-unreadable */
  decode(): Promise<RgbImage>;
}

/** @throws image-missing, image-unreadable, image-too-large */
export function openImage(source: PictureSource): Promise<OpenedImage> {
  const readable = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (thrown) {
      if (thrown instanceof ExplainError) throw thrown;
      throw errors.imageUnreadable(nameOf(source), whyNot(thrown), thrown);
    }
  };
  return readable(async () => {
    const head = await firstBytes(source, BMP_HEAD_BYTES);
    if (head.length === 0) throw new Error('the file is empty');
    const opened = isBmp(head) ? openBmp(source, head) : await openWithCodec(source);
    return { ...opened, decode: () => readable(opened.decode) };
  });
}

/**
 * What sharp says of a failure. libvips has one buffer of messages for the process, which every picture that is decoded at the
 * same time empties when it is done. sharp then says `Unknown error`.
 */
function whyNot(thrown: unknown): string {
  const reason = reasonOf(thrown);
  return reason === 'Unknown error' ? "it is damaged or incomplete, and can't be decoded" : reason;
}

/** Formats of sharp that browsers show. */
const BROWSERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'heif']);

async function openWithCodec(source: PictureSource): Promise<OpenedImage> {
  const sharp = await loadCodec();
  const input = 'path' in source ? source.path : source.bytes;
  const metadata = await sharp(input, { limitInputPixels: false }).metadata();
  const { width, height, format, pages = 1, orientation = 1, space } = metadata;
  checkSize(source, width, height);
  checkKind(metadata);
  return {
    pixels: width * height,
    forBrowsers: BROWSERS.has(format) && pages === 1 && orientation === 1,
    decode: async () => {
      if (space === 'cmyk')
        return decodeCmyk(sharp(input, { failOn: 'error', autoOrient: true, limitInputPixels: MAX_PIXELS }));
      const { data, info } = await sharp(input, {
        failOn: 'error',
        autoOrient: true,
        ignoreIcc: true,
        limitInputPixels: MAX_PIXELS,
      })
        .removeAlpha()
        .toColourspace('srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, data };
    },
  };
}

async function decodeCmyk(picture: Sharp): Promise<RgbImage> {
  const inks = picture.pipelineColourspace('cmyk').toColourspace('cmyk').removeAlpha().raw({ depth: 'uchar' });
  const { data, info } = await inks.toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`CMYK of ${info.channels} channels`);
  return { width: info.width, height: info.height, data: fromCmyk(data) };
}

/** Pillow's conversion: 255 - K, less its product with each of C, M and Y, in integers. */
export function fromCmyk(inks: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const light = 255 - inks[from + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = inks[from + c]! * light + 128;
      rgb[to + c] = Math.max(0, light - (((product >> 8) + product) >> 8));
    }
  }
  return rgb;
}

/** BMP, which sharp does not read. */
function openBmp(source: PictureSource, head: Uint8Array): OpenedImage {
  const { width, height } = bmpSize(head);
  checkSize(source, width, height);
  return {
    pixels: width * height,
    forBrowsers: false,
    decode: async () => decodeBmp('path' in source ? await readRegular(source.path, MAX_BMP_BYTES) : source.bytes),
  };
}

function checkSize(source: PictureSource, width: number, height: number): void {
  if (width * height > MAX_PIXELS) throw errors.imageTooLarge(nameOf(source), width, height, MAX_PIXELS);
}

function checkKind({ format, depth }: Metadata): void {
  if (!FORMATS.has(format)) throw new Error(`${format} is not supported`);
  if (!DEPTHS.has(depth)) throw new Error(`${depth} pixels are not supported; save it with 8 or 16 bits a channel`);
}

async function firstBytes(source: PictureSource, length: number): Promise<Uint8Array> {
  if (!('path' in source)) return source.bytes.subarray(0, length);
  // sharp later opens the file by its path and would block on a named pipe. Such files are refused here.
  return readHead(source.path, length).catch((thrown) => {
    throw isAbsent(thrown) ? errors.imageMissing(source.path) : thrown;
  });
}

/**
 * Encodes 8-bit RGB (3 channels) or RGBA (4 channels) as PNG. `svg` is a drawing of the same size that is put on top.
 */
export async function encodePng(picture: RgbImage, channels: 3 | 4, svg?: string): Promise<Uint8Array> {
  const sharp = await loadCodec();
  const { width, height, data } = picture;
  const image = sharp(data, { raw: { width, height, channels } });
  return (svg ? image.composite([{ input: Buffer.from(svg) }]) : image).png().toBuffer();
}

/** A PNG, or a drawing as SVG, at a place in a larger picture. */
export interface Piece {
  readonly input: Uint8Array;
  readonly left: number;
  readonly top: number;
}

/** Composes pieces on a white background, as PNG. */
export async function composePng({ width, height }: Size, pieces: readonly Piece[]): Promise<Uint8Array> {
  const sharp = await loadCodec();
  const blank = sharp({ create: { width, height, channels: 3, background: '#ffffff' } });
  return blank
    .composite(pieces.map(({ input, left, top }) => ({ input: Buffer.from(input), left, top })))
    .png()
    .toBuffer();
}

/** Scales the picture down so that both sides are at most `side`, as PNG. */
export async function shrinkPng(png: Uint8Array, side: number): Promise<Uint8Array> {
  const sharp = await loadCodec();
  return sharp(png).resize(side, side, { fit: 'inside' }).png().toBuffer();
}

/** The picture as WebP, scaled down so that both sides are at most `side`. */
export async function shrinkRgb({ width, height, data }: RgbImage, side: number): Promise<Uint8Array> {
  const sharp = await loadCodec();
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp()
    .toBuffer();
}

/** The same as JPEG, for pages with many pictures. */
export async function thumbnail(png: Uint8Array, side: number): Promise<Uint8Array> {
  const sharp = await loadCodec();
  return sharp(png).resize(side, side, { fit: 'inside' }).jpeg({ quality: 85 }).toBuffer();
}
