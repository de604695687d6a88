/**
 * The one place where files are opened to be read that people, or other files, have named: only regular files, links to
 * them included, and without waiting. A named pipe would keep a thread until somebody writes to it.
 */
import { constants, type StatsBase } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** As large as a string can be, and as COCO's largest annotations are. */
const MOST_BYTES = 2 ** 29;

/** Windows has neither flag, nor files that need them. */
const AT_ONCE = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Opens a regular file. What the path leads to is looked at through the handle, so that nothing else can take its place.
 *
 * @param flags as `open` takes them, for files that are written too
 * @throws Error with the reason, which the caller puts into a message that names the file; as `open` does, with `code` and
 *   `syscall`
 */
export async function openRegular(file: string, flags: number = constants.O_RDONLY): Promise<FileHandle> {
  const handle = await open(file, flags | AT_ONCE).catch(async (thrown) => {
    // A socket can't be opened at all, a folder not for writing: what they are says more than the system's words.
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

/** What something is that is no regular file. */
export function kindOf(info: Kind): string {
  if (info.isDirectory()) return 'a folder';
  if (info.isFIFO()) return 'a named pipe';
  if (info.isSocket()) return 'a socket';
  return 'a device';
}
