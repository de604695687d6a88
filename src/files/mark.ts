/** Marks pictures as made by Group-CAM, and recognises marked files. */
import { crc32 } from 'node:zlib';
import { isMarked, MARK_BYTES, mayBeMarked, SOFTWARE } from '../protocol/mark';
import { oneLine } from '../protocol/plain-text';
import { readHead } from './open';

/** The end of a PNG's first chunk, which contains the size. */
const HEADER_END = 33;
/** The longest description in characters; names in a model may have any length. */
const LONGEST = 1000;
/** Number of files that are examined in parallel. */
const AT_ONCE = 64;

/** Returns the PNG with the mark and a description of what it shows. */
export function marked(png: Uint8Array, description: string): Uint8Array {
  const words = oneLine(description).slice(0, LONGEST);
  return Buffer.concat([
    png.subarray(0, HEADER_END),
    chunk('tEXt', `${SOFTWARE.keyword}\0${SOFTWARE.text}`),
    // The zeros mean: not compressed, no language, no translated keyword.
    chunk('iTXt', `Description\0\0\0\0\0${words}`),
    png.subarray(HEADER_END),
  ]);
}

function chunk(type: string, text: string): Buffer {
  const content = Buffer.from(`${type}${text}`, 'utf8');
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length - type.length);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
}

/**
 * Whether the file is a picture made by Group-CAM. The answer is false for a file that can't be read; its error is
 * reported when it is opened.
 */
export async function isExport(file: string): Promise<boolean> {
  if (!mayBeMarked(file)) return false;
  const head = await readHead(file, MARK_BYTES).catch(() => undefined);
  return head !== undefined && isMarked(head);
}

/** The files that were made by Group-CAM. */
export async function exportsAmong(files: Iterable<string>): Promise<ReadonlySet<string>> {
  const all = [...new Set(files)];
  const found = new Set<string>();
  for (let start = 0; start < all.length; start += AT_ONCE) {
    const some = all.slice(start, start + AT_ONCE);
    const are = await Promise.all(some.map(isExport));
    for (const [i, file] of some.entries()) if (are[i]) found.add(file);
  }
  return found;
}
