/** Thumbnails of a sweep, and mean pictures. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { identityTransform } from '../../../src/core/geometry';
import { createService } from '../../../src/engine/service';
import { testFolder } from '../../support/folder';
import { imagesOf, sweepWith } from '../../support/sweep';

type Color = readonly [number, number, number];
const RED: Color = [200, 0, 0];
const BLUE: Color = [0, 0, 200];

/** A picture of two halves, the left one and the right one. */
function halves(width: number, height: number, left: Color, right: Color) {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    return (x < width / 2 ? left : right)[i % 3]!;
  });
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const near = (actual: ArrayLike<number>, expected: Color, at: number) =>
  assert.ok(
    expected.every((value, c) => Math.abs(actual[at * 3 + c]! - value) <= 30),
    `${Array.from(actual).slice(at * 3, at * 3 + 3)} for ${expected}`,
  );

describe('thumbnails of a sweep', () => {
  const folder = testFolder();
  const service = createService();

  async function thumbnailOf(file: string, longest: number): Promise<Uint8Array> {
    const { swept } = await sweepWith(service, { model: {}, images: imagesOf([file]), thumbnail: longest });
    return swept[0]!.thumbnail!;
  }

  it('are WebP with the longer side as asked', async () => {
    const file = folder.write('large.jpg', await halves(300, 200, RED, BLUE).jpeg().toBuffer());
    const { format, width, height } = await sharp(await thumbnailOf(file, 60)).metadata();
    assert.deepEqual([format, width, height], ['webp', 60, 40]);
  });

  it('are upright', async () => {
    // Turned by 90 degrees when it is shown: the left half comes to the top.
    const turned = await halves(300, 200, RED, BLUE).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    for (const longest of [60, 400]) {
      const thumbnail = await thumbnailOf(folder.write('turned.jpg', turned), longest);
      const { data, info } = await sharp(thumbnail).raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height], longest === 60 ? [40, 60] : [200, 300]);
      near(data, RED, Math.floor(info.width / 2));
      near(data, BLUE, (info.height - 1) * info.width + Math.floor(info.width / 2));
    }
  });

  it('of small images are the files themselves, if browsers can show them', async () => {
    for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
      const file = folder.write(`small.${format}`, await halves(30, 20, RED, BLUE).toFormat(format).toBuffer());
      assert.deepEqual(Buffer.from(await thumbnailOf(file, 60)), readFileSync(file));
    }
  });

  it('of other small images are PNG', async () => {
    const file = folder.write('small.tiff', await halves(30, 20, RED, BLUE).tiff().toBuffer());
    const { format, width, height } = await sharp(await thumbnailOf(file, 60)).metadata();
    assert.deepEqual([format, width, height], ['png', 30, 20]);
  });

  it('are not made if nobody asks for them', async () => {
    const file = folder.write('small.png', await halves(30, 20, RED, BLUE).png().toBuffer());
    const { swept } = await sweepWith(service, { model: {}, images: imagesOf([file]) });
    assert.ok(!('thumbnail' in swept[0]!));
  });
});

describe('mean pictures', () => {
  const service = createService();
  const inputSize = { width: 32, height: 32 };
  const mean = (
    pictures: readonly { bytes: Uint8Array; transform: ReturnType<typeof identityTransform> }[],
    side = 8,
  ) => service.meanPicture({ pictures, inputSize, side }, silent);

  it('are the means of the pixels', async () => {
    const transform = identityTransform(inputSize);
    const pictures = [
      await halves(32, 32, RED, RED).png().toBuffer(),
      await halves(32, 32, BLUE, BLUE).png().toBuffer(),
    ];
    const { rgb, pictures: count } = await mean(pictures.map((bytes) => ({ bytes, transform })));
    assert.equal(count, 2);
    assert.deepEqual([...rgb], Array.from({ length: 64 }, () => [100, 0, 100]).flat());
  });

  it("show what the network's input shows: a crop of a wide picture, of which there is a thumbnail", async () => {
    // The input is the right half of an image of 640 x 320.
    const transform = { scaleX: 10, scaleY: 10, offsetX: 320, offsetY: 0, image: { width: 640, height: 320 } };
    const { rgb } = await mean([{ bytes: await halves(64, 32, RED, BLUE).png().toBuffer(), transform }]);
    for (let at = 0; at < 64; at++) if (at % 8 > 0) near(rgb, BLUE, at);
  });

  it('count only pictures that cover a pixel', async () => {
    // The input reaches beyond the first image, above and below; the second one fills it.
    const padded = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: -8, image: { width: 32, height: 16 } };
    const { rgb } = await mean([
      { bytes: await halves(32, 16, RED, RED).png().toBuffer(), transform: padded },
      { bytes: await halves(32, 32, BLUE, BLUE).png().toBuffer(), transform: identityTransform(inputSize) },
    ]);
    near(rgb, BLUE, 0);
    near(rgb, [100, 0, 100], 4 * 8);
    near(rgb, BLUE, 7 * 8);
  });

  it('leave out what is no picture', async () => {
    const transform = identityTransform(inputSize);
    const bytes = await halves(32, 32, RED, RED).png().toBuffer();
    const { rgb, pictures } = await mean([
      { bytes, transform },
      { bytes: new Uint8Array([1, 2, 3]), transform },
    ]);
    assert.equal(pictures, 1);
    near(rgb, RED, 0);
    assert.deepEqual([...(await mean([])).rgb], new Array(192).fill(0));
  });
});

const silent = { signal: new AbortController().signal, emit: () => {} };
