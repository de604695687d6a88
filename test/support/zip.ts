/** Archives entry by entry, honest or not (PKWARE APPNOTE 6.3). */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
  /** What the archive says of the content's size, if that is not the truth. */
  readonly claimed?: number;
  /** Mode of a Unix file, such as 0o120777 for a link; none by default, as in archives made on Windows. */
  readonly mode?: number;
  readonly encrypted?: boolean;
}

const UNIX = 3 << 8;
const DEFLATED = 8;

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, claimed = content.length, mode, encrypted } of entries) {
    const data = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(encrypted ? 1 : 0, 2);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(claimed, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const central = Buffer.alloc(46);
    central.write('PK\x01\x02');
    central.writeUInt16LE(mode === undefined ? 20 : UNIX | 20, 4);
    common.copy(central, 6);
    central.writeUInt32LE(((mode ?? 0) << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    parts.push(local);
    directory.push(central, Buffer.from(name));
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
