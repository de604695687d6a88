/** Text files of people, who save them as their programs do. */
import { isUtf8 } from 'node:buffer';
import { readRegular } from './open';

/**
 * A regular file as text, without a byte order mark: UTF-16 if its mark says so, as Windows' programs write it; else
 * UTF-8 if it is valid, else Latin-1.
 *
 * @throws Error with the reason; the caller adds the name of the file
 */
export async function readWritten(file: string, limit?: number): Promise<string> {
  return decoded(await readRegular(file, limit));
}

export function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString('utf16le', 2);
  if (first === 0xfe && second === 0xff)
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le', 2);
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').replace(/^\uFEFF/, '');
}
