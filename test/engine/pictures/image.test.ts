import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '../../../src/core/resample';
import { decodeImage, fromCmyk } from '../../../src/engine/pictures/image';

const RED = [200, 40, 30];
const GREEN = [20, 180, 60];
const BLUE = [10, 60, 220];
const WHITE = [250, 250, 250];

/** Solid squares of 16 pixels, a row of colours for each row of squares. */
function squares(rows: readonly (readonly number[][])[], side = 16) {
  const width = rows[0]!.length * side;
  const height = rows.length * side;
  const pixel = (i: number) => rows[Math.floor(Math.floor(i / width) / side)]![Math.floor((i % width) / side)]!;
  const data = Uint8Array.from(Array.from({ length: width * height }, (_, i) => pixel(i)).flat());
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The colours in the middle of each square. */
function middles({ width, height, data }: RgbImage, side = 16): number[][][] {
  return Array.from({ length: height / side }, (_, row) =>
    Array.from({ length: width / side }, (_, column) => {
      const at = ((row * side + side / 2) * width + column * side + side / 2) * 3;
      return [...data.subarray(at, at + 3)];
    }),
  );
}

function assertNear(actual: number[][][], expected: readonly (readonly number[][])[], tolerance: number) {
  assert.equal(actual.length, expected.length);
  actual.forEach((row, y) => {
    assert.equal(row.length, expected[y]!.length);
    row.forEach((color, x) => {
      color.forEach((value, c) => {
        const wanted = expected[y]![x]![c]!;
        assert.ok(
          Math.abs(value - wanted) <= tolerance,
          `row ${y}, column ${x}: [${color}], wanted ${expected[y]![x]}`,
        );
      });
    });
  });
}

const decode = (bytes: Uint8Array) => decodeImage({ bytes, name: 'picture' });
const pixelsOf = async (bytes: Uint8Array) => [...(await decode(bytes)).data];

describe('engine/image: containers', () => {
  const picture = [
    [RED, GREEN, BLUE],
    [BLUE, RED, WHITE],
  ];
  const containers: readonly [string, number, () => Promise<Uint8Array>][] = [
    ['JPEG', 3, () => squares(picture).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['PNG', 0, () => squares(picture).png().toBuffer()],
    ['palette PNG', 0, () => squares(picture).png({ palette: true }).toBuffer()],
    ['interlaced PNG', 0, () => squares(picture).png({ progressive: true }).toBuffer()],
    ['WebP', 0, () => squares(picture).webp({ lossless: true }).toBuffer()],
    ['AVIF', 0, () => squares(picture).avif({ lossless: true }).toBuffer()],
    ['GIF', 0, () => squares(picture).gif().toBuffer()],
    ['TIFF, LZW', 0, () => squares(picture).tiff({ compression: 'lzw' }).toBuffer()],
    ['TIFF, tiles', 0, () => squares(picture).tiff({ compression: 'deflate', tile: true }).toBuffer()],
    ['16-bit PNG', 0, () => squares(picture).toColourspace('rgb16').png().toBuffer()],
  ];
  for (const [name, tolerance, make] of containers) {
    it(name, async () => assertNear(middles(await decode(await make())), picture, tolerance));
  }

  it('CMYK as Pillow converts it, in TIFF exactly and in JPEG nearly', async () => {
    const printed = [
      [
        [180, 90, 80],
        [90, 140, 90],
        [80, 100, 150],
        [240, 240, 240],
      ],
    ];
    const stored = squares(printed).toColourspace('cmyk');
    const [jpeg, tiff] = [
      await stored.clone().jpeg({ quality: 100 }).toBuffer(),
      await stored.clone().tiff({ compression: 'lzw' }).toBuffer(),
    ];
    const { data } = await sharp(tiff)
      .pipelineColourspace('cmyk')
      .toColourspace('cmyk')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const inks = Array.from({ length: data.length / 4 }, (_, i) => [...data.subarray(4 * i, 4 * i + 4)]);
    // Without the rounding of Pillow's integers: (255 - C) (255 - K) / 255.
    const expected = inks.flatMap(([c, m, y, k]) => [c!, m!, y!].map((ink) => ((255 - ink) * (255 - k!)) / 255));
    const decoded = await decode(tiff);
    for (const [i, value] of expected.entries())
      assert.ok(Math.abs(decoded.data[i]! - value) <= 0.51, `${decoded.data[i]} for ${value}`);
    for (const bytes of [jpeg, tiff]) assert.equal((await sharp(bytes).metadata()).space, 'cmyk');
    assertNear(middles(await decode(jpeg)), middles(decoded), 3);
  });

  it('CMYK in integers: Pillow’s numbers', () => {
    // PIL.Image.fromarray(inks, 'CMYK').convert('RGB')
    const inks = Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255, 10, 200, 128, 0, 10, 200, 128, 100, 1, 2, 3, 254);
    assert.deepEqual([...fromCmyk(inks)], [255, 255, 255, 0, 0, 0, 245, 55, 127, 149, 33, 77, 1, 1, 1]);
  });

  it('gives the first frame of an animation', async () => {
    const frames = [[[RED]], [[BLUE]]].map((rows) => squares(rows).png().toBuffer());
    for (const format of ['gif', 'webp'] as const) {
      const animation = sharp(await Promise.all(frames), { join: { animated: true } });
      const bytes = await animation[format](format === 'webp' ? { lossless: true } : {}).toBuffer();
      assert.equal((await sharp(bytes).metadata()).pages, 2);
      assert.deepEqual(middles(await decode(bytes)), [[RED]], format);
    }
  });
});

describe('engine/image: pixels', () => {
  const raw = (data: Uint8Array | Uint16Array, width: number, channels: 1 | 2 | 3 | 4) =>
    sharp(data, { raw: { width, height: data.length / width / channels, channels } });

  it('turns every EXIF orientation upright', async () => {
    const colors = new Map<string, number[]>(
      Object.entries({ A: RED, B: GREEN, C: BLUE, D: WHITE, E: [90, 90, 90], F: [240, 200, 20] }),
    );
    const grid = (text: string) => text.split('/').map((row) => [...row].map((letter) => colors.get(letter)!));
    // What a viewer shows of ABC/DEF, from the definition of the tag, orientations 1 to 8.
    const upright = ['ABC/DEF', 'CBA/FED', 'FED/CBA', 'DEF/ABC', 'AD/BE/CF', 'DA/EB/FC', 'FC/EB/DA', 'CF/BE/AD'];
    for (const [i, expected] of upright.entries()) {
      const stored = squares(grid('ABC/DEF')).withMetadata({ orientation: i + 1 });
      const bytes = await stored.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
      assertNear(middles(await decode(bytes)), grid(expected), 3);
    }
  });

  it('drops alpha, so that hidden colours stay', async () => {
    const bytes = await raw(Uint8Array.from([10, 20, 30, 0, 200, 100, 50, 128]), 2, 4)
      .png()
      .toBuffer();
    assert.deepEqual(await pixelsOf(bytes), [10, 20, 30, 200, 100, 50]);
  });

  it('makes three equal channels of grey, with and without alpha', async () => {
    assert.deepEqual(
      await pixelsOf(
        await raw(Uint8Array.from([0, 200]), 2, 1)
          .toColourspace('b-w')
          .png()
          .toBuffer(),
      ),
      [0, 0, 0, 200, 200, 200],
    );
    assert.deepEqual(
      await pixelsOf(
        await raw(Uint8Array.from([90, 0, 200, 255]), 2, 2)
          .toColourspace('b-w')
          .png()
          .toBuffer(),
      ),
      [90, 90, 90, 200, 200, 200],
    );
  });

  it('takes the high byte of 16-bit channels', async () => {
    const grey = raw(Uint16Array.from([0, 65535, 0x8080, 0x40ff]), 4, 1).toColourspace('grey16');
    const expected = [0, 255, 128, 64].flatMap((value) => [value, value, value]);
    assert.deepEqual(await pixelsOf(await grey.clone().png().toBuffer()), expected);
    assert.deepEqual(await pixelsOf(await grey.clone().tiff({ compression: 'none' }).toBuffer()), expected);
    const color = raw(Uint16Array.from([0, 65535, 0x8080, 0x40ff, 0x0100, 0xfeff]), 2, 3).toColourspace('rgb16');
    assert.deepEqual(await pixelsOf(await color.png().toBuffer()), [0, 255, 128, 64, 1, 254]);
  });

  it('reads black and white TIFF', async () => {
    const bytes = await raw(Uint8Array.from([0, 255]), 2, 1)
      .tiff({ bitdepth: 1, compression: 'none' })
      .toBuffer();
    assert.deepEqual(await pixelsOf(bytes), [0, 0, 0, 255, 255, 255]);
  });

  it('ignores RGB colour profiles, as Pillow does', async () => {
    const plain = squares([[RED]]);
    const stored = await plain.withIccProfile('p3').png().toBuffer();
    const unmanaged = await sharp(stored, { ignoreIcc: true }).raw().toBuffer();
    const actual = middles(await decode(stored))[0]![0];
    assert.deepEqual(actual, [...unmanaged.subarray(0, 3)]);
    assert.notDeepEqual(actual, RED, 'the profile changes the stored numbers, else this shows nothing');
  });

  it('sees that a file has changed', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'group-cam-image-'));
    const file = path.join(folder, 'picture.png');
    try {
      for (const color of [RED, BLUE]) {
        writeFileSync(
          file,
          await squares([[color]])
            .png()
            .toBuffer(),
        );
        assert.deepEqual(middles(await decodeImage({ path: file })), [[color]]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
