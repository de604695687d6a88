/** Pictures in every container, and what may be wrong with them. */
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { mutateBytes, type Random } from './random';

export interface Picture {
  readonly extension: string;
  readonly bytes: Uint8Array;
}

/** Pictures that are as they should be. */
export async function pictures(): Promise<readonly Picture[]> {
  const data = Buffer.from(Array.from({ length: 24 * 16 * 3 }, (_, i) => (i * 37) % 251));
  const picture = () => sharp(data, { raw: { width: 24, height: 16, channels: 3 } });
  const make = async (extension: string, image: Sharp): Promise<Picture> => ({
    extension,
    bytes: await image.toBuffer(),
  });
  return [
    await make('png', picture().png()),
    await make('png', picture().png({ palette: true, progressive: true })),
    await make('png', picture().toColourspace('rgb16').png()),
    await make('png', picture().ensureAlpha(0.5).png()),
    await make('jpg', picture().jpeg()),
    await make('jpg', picture().withMetadata({ orientation: 6 }).jpeg({ progressive: true })),
    await make('jpg', picture().toColourspace('cmyk').jpeg()),
    await make('webp', picture().webp()),
    await make('webp', picture().webp({ lossless: true })),
    await make('gif', picture().gif()),
    await make('tiff', picture().tiff({ compression: 'lzw' })),
    await make('tiff', picture().tiff({ compression: 'none', tile: true })),
    { extension: 'bmp', bytes: bmp(24, 16) },
  ];
}

/** 24 bits a pixel, without compression. */
function bmp(width: number, height: number): Uint8Array {
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * height, 0x5a);
  bytes.fill(0, 0, 54);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

/** Where a container keeps width and height, and how they are written. */
const SIZES: Readonly<Record<string, (bytes: Buffer, width: number, height: number) => void>> = {
  png: (bytes, width, height) => {
    bytes.writeUInt32BE(width >>> 0, 16);
    bytes.writeUInt32BE(height >>> 0, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  },
  gif: (bytes, width, height) => {
    bytes.writeUInt16LE(width & 0xffff, 6);
    bytes.writeUInt16LE(height & 0xffff, 8);
  },
  bmp: (bytes, width, height) => {
    bytes.writeInt32LE(width | 0, 18);
    bytes.writeInt32LE(height | 0, 22);
  },
  jpg: (bytes, width, height) => {
    const frame = bytes.findIndex((byte, i) => byte === 0xff && (bytes[i + 1] === 0xc0 || bytes[i + 1] === 0xc2));
    bytes.writeUInt16BE(height & 0xffff, frame + 5);
    bytes.writeUInt16BE(width & 0xffff, frame + 7);
  },
};

/** A mutation of one of the pictures: of any bytes, or of the size in its header; now and then under another name. */
export function mutatePicture(random: Random, all: readonly Picture[]): Picture {
  const { extension, bytes } = random.pick(all);
  const resize = SIZES[extension];
  const mutated = Buffer.from(bytes);
  if (resize && random.chance(0.25)) resize(mutated, random.edge(), random.edge());
  return {
    extension: random.chance(0.1) ? random.pick(all).extension : extension,
    bytes: random.chance(0.1) ? mutated : mutateBytes(random, mutated),
  };
}
