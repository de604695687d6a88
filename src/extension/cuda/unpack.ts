/// <reference path="./yauzl.d.ts" />
/** Takes the expected files out of an archive, and nothing else. The archive is not trusted, although its hash is known. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createInflateRaw } from 'node:zlib';
import { type Entry, open, type ZipFile } from 'yauzl';
import { errors, reasonOf } from '../../core/errors';
import type { Archive } from './release';

/** More than any package of onnxruntime has. */
const MOST_ENTRIES = 1000;
const MODE = 0xf000;
const REGULAR = 0x8000;
const ENCRYPTED = 1;
const DEFLATED = 8;
/** Bytes of the header before an entry's name, and where in it the lengths of name and extra field are. */
const HEADER = 30;
const LENGTHS = 26;

/**
 * @param folder gets the files, under their names without folders; it has to be empty
 * @throws cuda-failed if the archive is damaged, or an entry is not what is expected; cancelled
 */
export async function unpack(
  archive: string,
  files: Archive['files'],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Map(files.map((file) => [file.path, file.bytes]));
  const zip = await openZip(archive);
  try {
    if (zip.entryCount > MOST_ENTRIES) throw new Error(`it has ${zip.entryCount} entries`);
    for await (const entry of entriesOf(zip)) {
      if (signal.aborted) throw errors.cancelled();
      const bytes = wanted.get(entry.fileName);
      if (bytes === undefined) continue;
      checkEntry(entry, bytes);
      wanted.delete(entry.fileName);
      const start = await startOf(archive, entry);
      const packed = createReadStream(archive, { start, end: start + entry.compressedSize - 1 });
      // Nothing may be waited for from here on: an error of a stream that nobody listens to ends the process.
      const target = createWriteStream(path.join(folder, path.posix.basename(entry.fileName)), { flags: 'wx' });
      await pipeline(packed, createInflateRaw(), atMost(bytes), target, { signal });
    }
    if (wanted.size > 0) throw new Error(`without ${[...wanted.keys()].join(', ')}`);
  } catch (thrown) {
    if (signal.aborted) throw errors.cancelled();
    throw errors.cudaFailed(`${archive} can't be unpacked: ${reasonOf(thrown)}`, 'It was deleted. Enable it again');
  } finally {
    zip.close();
  }
}

const OPTIONS = { lazyEntries: true, autoClose: false, strictFileNames: true } as const;

async function openZip(archive: string): Promise<ZipFile> {
  try {
    return (await promisify(open)(archive, OPTIONS))!;
  } catch (thrown) {
    throw errors.cudaFailed(`${archive} is no archive: ${reasonOf(thrown)}`, 'It was deleted. Enable it again');
  }
}

/** The entries one after the other. Names that lead out of a folder are errors of the library. */
async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  let settle: { resolve(entry: Entry | undefined): void; reject(error: Error): void } | undefined;
  zip.on('entry', (entry) => settle?.resolve(entry));
  zip.on('end', () => settle?.resolve(undefined));
  zip.on('error', (error) => settle?.reject(error));
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      settle = { resolve, reject };
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

function checkEntry(entry: Entry, bytes: number): void {
  const { fileName, uncompressedSize, externalFileAttributes, generalPurposeBitFlag, compressionMethod } = entry;
  const mode = (externalFileAttributes >>> 16) & MODE;
  // Archives that are made on Windows say nothing of the kind of a file.
  if (mode !== 0 && mode !== REGULAR) throw new Error(`${fileName} is no regular file`);
  if (generalPurposeBitFlag & ENCRYPTED) throw new Error(`${fileName} is encrypted`);
  if (compressionMethod !== DEFLATED) throw new Error(`${fileName} is packed by method ${compressionMethod}`);
  if (uncompressedSize !== bytes) throw new Error(`${fileName} has ${uncompressedSize} bytes, not ${bytes}`);
}

/** Where an entry's content begins. yauzl's own streams of content never end if they are left early. */
async function startOf(archive: string, { relativeOffsetOfLocalHeader: at }: Entry): Promise<number> {
  const file = await openFile(archive);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER), 0, HEADER, at);
    if (bytesRead < HEADER || buffer.toString('latin1', 0, 4) !== 'PK\x03\x04')
      throw new Error('an entry has no header');
    return at + HEADER + buffer.readUInt16LE(LENGTHS) + buffer.readUInt16LE(LENGTHS + 2);
  } finally {
    await file.close();
  }
}

/** Ends with an error as soon as more than expected comes out of an entry, and if less does. */
function atMost(bytes: number) {
  return async function* (source: AsyncIterable<Buffer>) {
    let count = 0;
    for await (const chunk of source) {
      count += chunk.length;
      if (count > bytes) throw new Error(`more than ${bytes} bytes come out of an entry`);
      yield chunk;
    }
    if (count < bytes) throw new Error(`${count} bytes come out of an entry, not ${bytes}`);
  };
}
