import assert from 'node:assert/strict';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { decodeImage, MAX_PIXELS } from '../../../src/engine/pictures/image';
import { hugePng } from '../../support/huge-png';

const noise = () => {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
  return sharp(data, { raw: { width: 64, height: 64, channels: 3 } });
};

describe('engine/image: what can not be read', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'group-cam-bad-images-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, bytes: Uint8Array | string) => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const rejects = (file: string, code: string, text: RegExp) =>
    assert.rejects(decodeImage({ path: file }), (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.ok(error.message.startsWith(`${file}: `), `names the file: ${error.message}`);
      assert.ok(!error.message.includes('\n'), 'one line');
      assert.match(error.message, text);
      return true;
    });

  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const) {
    it(`${format} that is cut short, wherever the cut is`, async () => {
      const bytes = await noise()[format]().toBuffer();
      for (const part of [0.3, 0.6, 0.95]) {
        const file = write(`cut.${format}`, bytes.subarray(0, Math.floor(bytes.length * part)));
        await rejects(file, 'image-unreadable', /not a readable image \(.+\)/);
      }
    });
  }

  it('files that are cut short, beside others that are read meanwhile: a reason for each', async () => {
    const bytes = await noise().jpeg().toBuffer();
    const sources = Array.from({ length: 200 }, (_, i) => ({
      name: `${i}.jpg`,
      bytes: i % 2 ? bytes : bytes.subarray(0, bytes.length / 2),
    }));
    const decoded = await Promise.allSettled(sources.map(decodeImage));
    decoded.forEach((one, i) => {
      assert.equal(one.status, i % 2 ? 'fulfilled' : 'rejected');
      if (one.status === 'rejected')
        assert.match(one.reason.message, new RegExp(`^${i}\\.jpg: not a readable image \\((?!Unknown error).+\\)\\.$`));
    });
  });

  it('a zero-byte file', () => rejects(write('empty.jpg', ''), 'image-unreadable', /the file is empty/));
  it('text named .png', () => rejects(write('text.png', 'just words\n'), 'image-unreadable', /unsupported/));
  it('a file that is not there', () => rejects(path.join(folder, 'no.png'), 'image-missing', /no such image file/));

  it('a file below what is no folder', () =>
    rejects(path.join(write('file', 'text'), 'no.png'), 'image-missing', /no such image file/));
  it('a folder', () => {
    mkdirSync(path.join(folder, 'folder.png'));
    return rejects(path.join(folder, 'folder.png'), 'image-unreadable', /it is a folder, not a file/);
  });
  it('SVG, which could read other files', () =>
    rejects(
      write('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'),
      'image-unreadable',
      /svg is not supported/,
    ));
  it('a document in memory is called by its name', () =>
    assert.rejects(
      decodeImage({ bytes: new Uint8Array(0), name: 'untitled:a.png' }),
      /^ExplainError: untitled:a.png: /,
    ));

  it('30,000 x 30,000 pixels, from the header alone', async () => {
    const file = path.join(folder, 'huge.png');
    await hugePng(30_000, createWriteStream(file));
    const before = process.resourceUsage().maxRSS;
    await rejects(file, 'image-too-large', new RegExp(`30000 x 30000 pixels; the limit is ${MAX_PIXELS / 1e6}`));
    const grown = (process.resourceUsage().maxRSS - before) / 1024;
    assert.ok(grown < 100, `the peak of memory grew by ${grown} MB`);
  });
});
