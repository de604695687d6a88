import assert from 'node:assert/strict';
import { encode } from 'bmp-ts';
import { decodeImage } from '../../../src/engine/pictures/image';
import { onlyNightly } from '../../support/shared';

interface Fields {
  readonly width: number;
  /** Negative: the first row is the top one. */
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  /** In the palette; 0 means as many as the bits can name. */
  readonly colors?: number;
  /** Masks or palette, behind the header. */
  readonly extra?: readonly number[];
  /** Unused bytes before the pixels. */
  readonly gap?: number;
  readonly pixels: readonly number[];
}

/** A bitmap with the 40-byte header, written from the format's definition. */
function bmp({ width, height, bits, compression = 0, colors = 0, extra = [], gap = 0, pixels }: Fields): Uint8Array {
  const offset = 54 + extra.length + gap;
  const bytes = Buffer.alloc(offset + pixels.length);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(offset, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  bytes.writeUInt32LE(compression, 30);
  bytes.writeUInt32LE(colors, 46);
  bytes.set(extra, 54);
  bytes.set(pixels, offset);
  return bytes;
}

const decode = async (bytes: Uint8Array) => [...(await decodeImage({ bytes, name: 'a.bmp' })).data];
const uint32 = (...values: number[]) => [...new Uint8Array(Uint32Array.from(values).buffer)];

/** 16 colours: (i, 2 i, 3 i), stored as blue, green, red, 0. */
const PALETTE = Array.from({ length: 16 }, (_, i) => [3 * i, 2 * i, i, 0]).flat();
const FULL_PALETTE = [...PALETTE, ...new Array(240 * 4).fill(0)];
const indexed = (...indices: number[]) => indices.flatMap((i) => [i, 2 * i, 3 * i]);

const cases: readonly [string, Fields, readonly number[]][] = [
  ['24 bits', { width: 1, height: 2, bits: 24, pixels: [3, 2, 1, 0, 6, 5, 4, 0] }, [4, 5, 6, 1, 2, 3]],
  ['24 bits, top row first', { width: 1, height: -2, bits: 24, pixels: [3, 2, 1, 0, 6, 5, 4, 0] }, [1, 2, 3, 4, 5, 6]],
  ['a gap before the pixels', { width: 1, height: 1, bits: 24, gap: 10, pixels: [3, 2, 1, 0] }, [1, 2, 3]],
  ['32 bits', { width: 2, height: 1, bits: 32, pixels: uint32(0xff010203, 0x00fffefd) }, [1, 2, 3, 255, 254, 253]],
  [
    '32 bits, masks with red in the top byte',
    {
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      extra: uint32(0xff000000, 0xff0000, 0xff00),
      pixels: uint32(0xfe030201),
    },
    [254, 3, 2],
  ],
  [
    '8 bits, width padded to four bytes',
    { width: 3, height: 2, bits: 8, extra: FULL_PALETTE, pixels: [1, 2, 3, 0, 4, 5, 6, 0] },
    indexed(4, 5, 6, 1, 2, 3),
  ],
  [
    '4 bits, the left pixel in the high half of a byte',
    { width: 3, height: 2, bits: 4, extra: PALETTE, pixels: [0x12, 0x30, 0, 0, 0x45, 0x60, 0, 0] },
    indexed(4, 5, 6, 1, 2, 3),
  ],
  [
    'an index beyond a short palette is black',
    { width: 4, height: 1, bits: 8, colors: 1, extra: [9, 8, 7, 0], pixels: [0, 1, 255, 0] },
    [7, 8, 9, 0, 0, 0, 0, 0, 0, 7, 8, 9],
  ],
  [
    '1 bit',
    { width: 10, height: 1, bits: 1, extra: [0, 0, 0, 0, 9, 8, 7, 0], pixels: [0b10000001, 0b01000000, 0, 0] },
    [1, 0, 0, 0, 0, 0, 0, 1, 0, 1].flatMap((on) => (on ? [7, 8, 9] : [0, 0, 0])),
  ],
];

describe('engine/bmp', () => {
  for (const [name, fields, expected] of cases) {
    it(name, async () => assert.deepEqual(await decode(bmp(fields)), expected));
  }

  for (const bits of [24, ...onlyNightly([8])])
    it(`100 megapixels of ${bits} bits`, async () => {
      const side = 10_000;
      const picture = bmp({ width: side, height: side, bits, extra: bits === 8 ? FULL_PALETTE : [], pixels: [] });
      const bytes = new Uint8Array(picture.length + (side * side * bits) / 8);
      bytes.set(picture);
      // The last row of the file is the first of the picture.
      bytes.set(bits === 8 ? [7] : [21, 14, 7], bytes.length - (side * bits) / 8);
      const { width, height, data } = await decodeImage({ bytes, name: 'large.bmp' });
      assert.deepEqual([width, height, ...data.subarray(0, 6)], [side, side, 7, 14, 21, 0, 0, 0]);
    });

  it('what another library wrote', async () => {
    const data = Buffer.from([0, 30, 20, 10, 0, 60, 50, 40, 0, 90, 80, 70]);
    const file = encode({ width: 3, height: 1, data, bitPP: 24 });
    assert.deepEqual(await decode(file.data), [10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  const rejected: readonly [string, Uint8Array, RegExp][] = [
    ['cut short', bmp({ width: 2, height: 2, bits: 24, pixels: [1, 2, 3] }), /a\.bmp: .*cut short/],
    ['a header cut short', Buffer.from('BM1234'), /a\.bmp: not a readable image/],
    [
      'too many pixels',
      bmp({ width: 40_000, height: 40_000, bits: 24, pixels: [] }),
      /40000 x 40000 pixels; the limit/,
    ],
    ['no pixels', bmp({ width: 0, height: 4, bits: 24, pixels: [] }), /0 x 4/],
    ['16 bits', bmp({ width: 1, height: 1, bits: 16, pixels: [0, 0, 0, 0] }), /16 bits a pixel .* save it as PNG/],
    [
      'masks that are no bytes',
      bmp({
        width: 1,
        height: 1,
        bits: 32,
        compression: 3,
        extra: uint32(0xff00000, 0xff0, 0xf),
        pixels: [0, 0, 0, 0],
      }),
      /no whole bytes; save it as PNG/,
    ],
    ['a palette cut short', bmp({ width: 0x10, height: 1, bits: 8, pixels: new Array(16).fill(0) }), /cut short/],
    ['run lengths', bmp({ width: 1, height: 1, bits: 8, compression: 1, pixels: [0, 1] }), /compression 1/],
    ['JPEG inside', bmp({ width: 1, height: 1, bits: 24, compression: 4, pixels: [0, 0, 0, 0] }), /compression 4/],
  ];
  for (const [name, bytes, text] of rejected) it(`refuses: ${name}`, () => assert.rejects(decode(bytes), text));
});
