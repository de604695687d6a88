import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { crc32, createDeflate } from 'node:zlib';

/** Writes a valid PNG of side x side pixels, black and white at one bit each, without holding it in memory. */
export async function hugePng(side: number, file: Writable): Promise<void> {
  file.write(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  file.write(chunk('IHDR', header));

  const deflate = createDeflate({ level: 1 });
  deflate.on('data', (part: Buffer) => file.write(chunk('IDAT', part)));
  // A filter byte of 0, then the pixels.
  const row = Buffer.alloc(1 + Math.ceil(side / 8));
  for (let y = 0; y < side; y++) if (!deflate.write(row)) await once(deflate, 'drain');
  deflate.end();
  await once(deflate, 'end');

  file.end(chunk('IEND', Buffer.alloc(0)));
  await once(file, 'finish');
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(4 + body.length + 4);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), 4 + body.length);
  return out;
}
