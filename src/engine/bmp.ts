/**
 * Windows bitmaps: 1, 2, 4, 8, 16, 24 and 32 bits a pixel, with a palette, masks or run lengths, either way up.
 *
 * Read here and not with the library bmp-ts, which skips the pixel array's offset, stops after one row of a 4-bit
 * picture of odd width, shifts run-length pixels by a byte, and gives 248 for the white of 16-bit pictures.
 */
import type { RgbImage } from '../core/resample';
import type { Size } from '../core/types';

/** Up to the fields that give the size, in the longest header. */
export const BMP_HEAD_BYTES = 32;

const FILE_HEADER = 14;
/** Size of the OS/2 header, with 16-bit sizes and palette entries of three bytes. */
const CORE_HEADER = 12;
/** Size of the header that puts its masks behind itself; longer ones have them inside, at the same place. */
const INFO_HEADER = 40;

/** Field biCompression. */
const NONE = 0;
const RLE8 = 1;
const RLE4 = 2;
const BIT_FIELDS = 3;
const ALPHA_BIT_FIELDS = 6;

/** 5 bits a channel, and 8 bits a channel. */
const DEFAULT_MASKS: { readonly [bits: number]: readonly number[] } = {
  16: [0x7c00, 0x03e0, 0x001f],
  32: [0xff0000, 0x00ff00, 0x0000ff],
};

interface Bitmap extends Size {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly bits: number;
  readonly compression: number;
  readonly topDown: boolean;
  /** Where the pixels start. */
  readonly offset: number;
}

/** Red, green and blue of the pixel in a column of a row as stored, as 0xrrggbb. */
type PixelReader = (row: number, column: number) => number;

export function isBmp(head: Uint8Array): boolean {
  return head[0] === 0x42 && head[1] === 0x4d;
}

/** Width and height from the first `BMP_HEAD_BYTES` of a file. */
export function bmpSize(head: Uint8Array): Size {
  const view = viewOf(head);
  const core = view.getUint32(FILE_HEADER, true) === CORE_HEADER;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const height = core ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  if (width <= 0 || height <= 0) throw new Error(`a BMP of ${width} x ${height} pixels`);
  return { width, height };
}

/** @throws Error with the reason if it is no bitmap that can be read, or cut short */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const bitmap = parseHeader(bytes);
  const { width, height, topDown } = bitmap;
  const read = readerOf(bitmap);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = topDown ? y : height - 1 - y;
    for (let x = 0; x < width; x++, to += 3) {
      const color = read(row, x);
      data[to] = color >> 16;
      data[to + 1] = color >> 8;
      data[to + 2] = color;
    }
  }
  return { width, height, data };
}

function parseHeader(bytes: Uint8Array): Bitmap {
  const view = viewOf(bytes);
  const core = view.getUint32(FILE_HEADER, true) === CORE_HEADER;
  return {
    ...bmpSize(bytes),
    bytes,
    view,
    bits: view.getUint16(core ? 24 : 28, true),
    compression: core ? NONE : view.getUint32(30, true),
    topDown: !core && view.getInt32(22, true) < 0,
    offset: view.getUint32(10, true),
  };
}

function readerOf(bitmap: Bitmap): PixelReader {
  const { bits, compression } = bitmap;
  if (compression === NONE && [1, 2, 4, 8].includes(bits)) return paletteReader(bitmap, packedIndex(bitmap));
  if (compression === RLE8 && bits === 8) return paletteReader(bitmap, runLengthIndex(bitmap));
  if (compression === RLE4 && bits === 4) return paletteReader(bitmap, runLengthIndex(bitmap));
  if (compression === NONE && bits === 24) return reader24(bitmap);
  const masked = compression === NONE || compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS;
  if (masked && (bits === 16 || bits === 32)) return maskReader(bitmap);
  throw new Error(`a BMP with ${bits} bits a pixel and compression ${compression} is not supported`);
}

/** Bytes in a row of plain pixels, once it is known that all rows are there. */
function strideOf({ width, height, bits, bytes, offset }: Bitmap): number {
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (offset + stride * height > bytes.length) throw new Error('the file is cut short');
  return stride;
}

function reader24(bitmap: Bitmap): PixelReader {
  const { bytes, offset } = bitmap;
  const stride = strideOf(bitmap);
  return (row, column) => {
    const at = offset + row * stride + column * 3;
    return (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!;
  };
}

function maskReader(bitmap: Bitmap): PixelReader {
  const { view, bits, compression, offset } = bitmap;
  const stride = strideOf(bitmap);
  const at = FILE_HEADER + INFO_HEADER;
  const masks =
    compression === NONE ? DEFAULT_MASKS[bits]! : [0, 4, 8].map((field) => view.getUint32(at + field, true));
  const [red, green, blue] = masks.map((mask) => {
    const shift = 31 - Math.clz32(mask & -mask);
    const most = mask >>> shift;
    return (pixel: number) => (mask === 0 ? 0 : Math.floor((((pixel & mask) >>> shift) * 255) / most));
  }) as [Channel, Channel, Channel];
  const pixelAt = bits === 16 ? (i: number) => view.getUint16(i, true) : (i: number) => view.getUint32(i, true);
  return (row, column) => {
    const pixel = pixelAt(offset + row * stride + (column * bits) / 8);
    return (red(pixel) << 16) | (green(pixel) << 8) | blue(pixel);
  };
}
type Channel = (pixel: number) => number;

function paletteReader({ view, bytes, bits }: Bitmap, index: PixelReader): PixelReader {
  const headerSize = view.getUint32(FILE_HEADER, true);
  const entry = headerSize === CORE_HEADER ? 3 : 4;
  const start = FILE_HEADER + headerSize;
  const used = headerSize === CORE_HEADER ? 0 : view.getUint32(46, true);
  const colors = Uint32Array.from({ length: used || 2 ** bits }, (_, i) => {
    const at = start + i * entry;
    return (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!;
  });
  return (row, column) => colors[index(row, column)] ?? 0;
}

function packedIndex(bitmap: Bitmap): PixelReader {
  const { bytes, bits, offset } = bitmap;
  const stride = strideOf(bitmap);
  const most = 2 ** bits - 1;
  return (row, column) => {
    const bit = column * bits;
    return (bytes[offset + row * stride + (bit >> 3)]! >> (8 - bits - (bit & 7))) & most;
  };
}

/** Run lengths: pairs (count, value); count 0 escapes to end of row, end of picture, a jump, or literal pixels. */
function runLengthIndex({ bytes, width, height, bits, offset }: Bitmap): PixelReader {
  const indices = new Uint8Array(width * height);
  let at = offset;
  let row = 0;
  let column = 0;
  const next = () => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('the file is cut short');
    return byte;
  };
  const put = (index: number) => {
    if (column < width) indices[row * width + column++] = index;
  };
  const half = (byte: number, i: number) => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);

  while (row < height) {
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(half(value, i));
    } else if (value === 0) {
      row++;
      column = 0;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      column += next();
      row += next();
    } else {
      const literal = Array.from({ length: Math.ceil((value * bits) / 8) }, next);
      for (let i = 0; i < value; i++) put(half(literal[(i * bits) >> 3]!, i));
      if (literal.length % 2 === 1) next();
    }
  }
  return (y, x) => indices[y * width + x]!;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
