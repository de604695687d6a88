import { strict as assert } from 'node:assert';
import sharp, { type Sharp } from 'sharp';
import { inBothCases, jpegChannels, type ReadAt, webviewShows } from '../../../src/extension/images/image-types';
import { IMAGE_EXTENSIONS } from '../../../src/protocol/image-files';

const reader =
  (bytes: Uint8Array): ReadAt =>
  async (offset, length) =>
    bytes.subarray(offset, offset + length);
const picture = () => sharp({ create: { width: 9, height: 7, channels: 3, background: '#c06030' } });

describe('what a webview shows', () => {
  const jpegs: [string, () => Sharp, number][] = [
    ['colour', () => picture().jpeg(), 3],
    ['grey', () => picture().toColourspace('b-w').jpeg(), 1],
    ['progressive', () => picture().jpeg({ progressive: true }), 3],
    // withIccProfile: a colour profile of half a megabyte comes before the frame header.
    ['CMYK with its profile', () => picture().withIccProfile('cmyk').jpeg(), 4],
  ];
  for (const [name, make, channels] of jpegs) {
    it(`channels of a JPEG: ${name}`, async () => {
      const bytes = await make().toBuffer();
      assert.equal(await jpegChannels(reader(bytes)), channels);
      assert.equal(await webviewShows('/w/a.jpg', reader(bytes)), channels !== 4);
    });
  }

  it('reads a few bytes of each segment only', async () => {
    const bytes = await picture().withIccProfile('cmyk').jpeg().toBuffer();
    let read = 0;
    await jpegChannels(async (offset, length) => {
      read += length;
      return bytes.subarray(offset, offset + length);
    });
    assert.ok(bytes.length > 100_000 && read < 500, `${read} of ${bytes.length} bytes`);
  });

  it('ends on damaged files', async () => {
    const bytes = await picture().jpeg().toBuffer();
    for (let length = 0; length < 200; length += 7) await jpegChannels(reader(bytes.subarray(0, length)));
    assert.equal(await jpegChannels(reader(new Uint8Array(40).fill(0xff))), undefined);
  });

  it('leaves TIFF to the engine and trusts other formats', async () => {
    const png = reader(await picture().png().toBuffer());
    assert.equal(await webviewShows('/w/a.tiff', png), false);
    assert.equal(await webviewShows('/w/a.TIF', png), false);
    assert.equal(await webviewShows('/w/a.png', png), true);
    assert.equal(await webviewShows('/w/a.txt', png), false);
  });
});

describe('what dialogs list', () => {
  it('are files with extensions in capital letters too, as cameras name them', () => {
    const listed = inBothCases(IMAGE_EXTENSIONS);
    for (const extension of ['jpg', 'JPG', 'jpeg', 'JPEG', 'png', 'PNG', 'TIFF'])
      assert.ok(listed.includes(extension), extension);
  });
});
