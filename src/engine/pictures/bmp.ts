/** Windows bitmaps. bmp-ts decodes the forms that it reads correctly; other forms are refused by name. */
import { decode } from 'bmp-ts';
import type { Size } from '../../core/geometry';
import type { RgbImage } from '../../core/resample';

/** Bytes up to and including the size fields of the longest header. */
export const BMP_HEAD_BYTES = 32;

const FILE_HEADER = 14;
/** Size of the header without masks; longer ones start with the same fields. */
const INFO_HEADER = 40;
/** Value of the field biCompression without compression. */
const NONE = 0;
const BIT_FIELDS = 3;

/** Bits per pixel of bitmaps with a palette, and of those with one byte per channel. */
const INDEXED: readonly number[] = [1, 8];
const DIRECT: readonly number[] = [24, 32];

export function isBmp(head: Uint8Array): boolean {
  return head[0] === 0x42 && head[1] === 0x4d;
}

/** Width and height from the first `BMP_HEAD_BYTES` of a file. */
export function bmpSize(head: Uint8Array): Size {
  const view = viewOf(head);
  if (view.getUint32(FILE_HEADER, true) < INFO_HEADER) throw new Error('a BMP with an OS/2 header; save it as PNG');
  const width = view.getInt32(18, true);
  const height = Math.abs(view.getInt32(22, true));
  if (width <= 0 || height <= 0) throw new Error(`a BMP of ${width} x ${height} pixels`);
  return { width, height };
}

/** @throws Error with the reason if the bitmap can't be read or is truncated */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const { width, height } = bmpSize(bytes);
  const plain = decodePlain(bytes, width, height);
  if (plain) return { width, height, data: plain };
  // The result is in the order alpha, blue, green, red. The option for the usual order has no effect on pictures with a
  // palette.
  const { data } = decode(asRead(bytes, width, height));
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from + 3]!;
    rgb[to + 1] = data[from + 2]!;
    rgb[to + 2] = data[from + 1]!;
  }
  return { width, height, data: rgb };
}

/** The usual form, 24 or 32 bits without masks, which bmp-ts takes seconds for where the picture is large. */
function decodePlain(bytes: Uint8Array, width: number, height: number): Uint8Array | undefined {
  const view = viewOf(bytes);
  const bits = view.getUint16(28, true);
  if (view.getUint32(30, true) !== NONE || !DIRECT.includes(bits)) return undefined;
  const [offset, size] = [view.getUint32(10, true), bits / 8];
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (offset + stride * height > bytes.length) throw new Error('the file is cut short');
  const isTopDown = view.getInt32(22, true) < 0;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    let from = offset + stride * (isTopDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++, from += size, to += 3) {
      rgb[to] = bytes[from + 2]!;
      rgb[to + 1] = bytes[from + 1]!;
      rgb[to + 2] = bytes[from]!;
    }
  }
  return rgb;
}

/** Moves the pixels to where bmp-ts reads them: it ignores the offset in the header and continues after the palette. */
function asRead(bytes: Uint8Array, width: number, height: number): Buffer {
  const view = viewOf(bytes);
  const offset = view.getUint32(10, true);
  const headerSize = view.getUint32(FILE_HEADER, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const plain = compression === NONE && [...INDEXED, ...DIRECT].includes(bits);
  const masked = compression === BIT_FIELDS && bits === 32;
  if (!plain && !masked) {
    throw new Error(`a BMP with ${bits} bits a pixel and compression ${compression}; save it as PNG`);
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (offset + stride * height > bytes.length) throw new Error('the file is cut short');
  const used = view.getUint32(46, true);
  const palette = 4 * (INDEXED.includes(bits) ? used || 2 ** bits : used);
  const masks = masked && headerSize === INFO_HEADER ? 12 : 0;
  const start = FILE_HEADER + headerSize + masks + palette;
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(offset)]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
