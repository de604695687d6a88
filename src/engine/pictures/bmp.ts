/** Windows bitmaps of the usual forms; other forms are refused by name. */
import type { Size } from '../../core/geometry';
import type { RgbImage } from '../../core/resample';

/** Bytes up to and including the size fields of the longest header. */
export const BMP_HEAD_BYTES = 32;

const FILE_HEADER = 14;
/** Size of the header without masks; longer ones start with the same fields. */
const INFO_HEADER = 40;
/** Values of the field biCompression: none, and masks that say where a pixel's colours are. */
const NONE = 0;
const BIT_FIELDS = 3;

/** Bits per pixel of bitmaps with a palette, and of those with one byte per channel. */
const INDEXED: readonly number[] = [1, 4, 8];
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
  const view = viewOf(bytes);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const isPlain = compression === NONE && [...INDEXED, ...DIRECT].includes(bits);
  const isMasked = compression === BIT_FIELDS && bits === 32;
  if (!isPlain && !isMasked)
    throw new Error(`a BMP with ${bits} bits a pixel and compression ${compression}; save it as PNG`);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const offset = view.getUint32(10, true);
  if (offset + stride * height > bytes.length) throw new Error('the file is cut short');
  const isTopDown = view.getInt32(22, true) < 0;
  const data = new Uint8Array(width * height * 3);
  const unpack = INDEXED.includes(bits) ? indexed(bytes, bits) : direct(bytes, bits / 8, isMasked);
  for (let y = 0; y < height; y++)
    unpack(offset + stride * (isTopDown ? y : height - 1 - y), data, y * width * 3, (y + 1) * width * 3);
  return { width, height, data };
}

/** Writes the colours of a row, whose bytes begin at `from`, to the places from `to` up to `end`. */
type Unpack = (from: number, rgb: Uint8Array, to: number, end: number) => void;

/** @param size bytes of a pixel */
function direct(bytes: Uint8Array, size: number, isMasked: boolean): Unpack {
  const [red, green, blue] = isMasked ? maskedBytes(bytes) : [2, 1, 0];
  return (start, rgb, first, end) => {
    for (let from = start, to = first; to < end; from += size, to += 3) {
      rgb[to] = bytes[from + red]!;
      rgb[to + 1] = bytes[from + green]!;
      rgb[to + 2] = bytes[from + blue]!;
    }
  };
}

/** Which byte of a pixel has its red, its green and its blue. */
function maskedBytes(bytes: Uint8Array): [number, number, number] {
  const view = viewOf(bytes);
  return [0, 1, 2].map((i) => {
    const mask = view.getUint32(FILE_HEADER + INFO_HEADER + 4 * i, true);
    const byte = [0, 1, 2, 3].find((place) => mask === (0xff << (8 * place)) >>> 0);
    if (byte === undefined) throw new Error('a BMP whose colours are no whole bytes; save it as PNG');
    return byte;
  }) as [number, number, number];
}

/** An index beyond the palette is black. */
function indexed(bytes: Uint8Array, bits: number): Unpack {
  const view = viewOf(bytes);
  const start = FILE_HEADER + view.getUint32(FILE_HEADER, true);
  const count = Math.min(view.getUint32(46, true) || 2 ** bits, 2 ** bits);
  if (start + 4 * count > bytes.length) throw new Error('the file is cut short');
  const palette = new Uint8Array(4 * 2 ** bits);
  palette.set(bytes.subarray(start, start + 4 * count));
  const mask = 2 ** bits - 1;
  return (from, rgb, first, end) => {
    for (let bit = 0, to = first; to < end; bit += bits, to += 3) {
      // The first pixel is in the highest bits of a byte.
      const color = 4 * ((bytes[from + (bit >>> 3)]! >>> (8 - bits - (bit & 7))) & mask);
      rgb[to] = palette[color + 2]!;
      rgb[to + 1] = palette[color + 1]!;
      rgb[to + 2] = palette[color]!;
    }
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
