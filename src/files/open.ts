/**
 * The only place that opens files for reading whose names come from people or from other files. It opens only regular
 * files and links to them, and never waits: a named pipe would block a thread until another program writes to it.
 */
import { constants, type StatsBase } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** The largest file that is read: the longest possible string, which COCO's largest annotations come close to. */
const MOST_BYTES = 2 ** 29;

/** Windows has neither these flags nor files that need them. */
const AT_ONCE = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Opens a regular file. The kind of file is checked through the handle, so that the path can't be replaced between the
 * check and the use.
 *
 * @param flags those of `open`, for files that are also written
 * @throws Error with the reason, and with `code` and `syscall` as in errors of `open`; the caller adds the name of the
 *   file
 */
export async function openRegular(file: string, flags: number = constants.O_RDONLY): Promise<FileHandle> {
  const handle = await open(file, flags | AT_ONCE).catch(async (thrown) => {
    // A socket can't be opened at all, and a folder not for writing. The kind of file is a better message than the
    // system's error.
    const info = await stat(file).catch(() => undefined);
    throw info && !info.isFile() ? notRegular(info) : thrown;
  });
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw notRegular(info);
    return handle;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** Opens a regular file, uses it, and closes it whatever happens. */
export async function withRegular<T>(file: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openRegular(file);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** All bytes of a regular file; a larger one than `limit` bytes is refused before any is read. */
export function readRegular(file: string, limit = MOST_BYTES): Promise<Buffer> {
  return withRegular(file, async (handle) => {
    const { size } = await handle.stat();
    if (size > limit) throw new Error(`${size} bytes; at most ${limit} are read`);
    return handle.readFile();
  });
}

/** All bytes of a regular file, or undefined if it has more than `limit`. */
export function readSmall(file: string, limit: number): Promise<Uint8Array | undefined> {
  return withRegular(file, async (handle) => {
    const { size } = await handle.stat();
    if (size > limit) return undefined;
    const { buffer, bytesRead } = await handle.read(new Uint8Array(size), 0, size, 0);
    return buffer.subarray(0, bytesRead);
  });
}

/** Fills all of `bytes` from a position of the file on. @throws Error if the file ends before */
export async function fillFrom(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    done += bytesRead;
  }
}

/** A regular file as text in UTF-8. */
export async function readText(file: string, limit?: number): Promise<string> {
  return (await readRegular(file, limit)).toString('utf8');
}

/** Up to `length` bytes from the start of a regular file. */
export function readHead(file: string, length: number): Promise<Uint8Array> {
  return withRegular(file, async (handle) => {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  });
}

function notRegular(info: Kind): Error {
  return Object.assign(new Error(`it is ${kindOf(info)}, not a file`), { code: 'ENOTREG', syscall: 'open' });
}

type Kind = Pick<StatsBase<unknown>, 'isDirectory' | 'isFIFO' | 'isSocket'>;

/** Names the kind of something that is not a regular file. */
export function kindOf(info: Kind): string {
  if (info.isDirectory()) return 'a folder';
  if (info.isFIFO()) return 'a named pipe';
  if (info.isSocket()) return 'a socket';
  return 'a device';
}
