/** Looks at the files of items before and after they are computed. */
import { createHash } from 'node:crypto';
import { type FileHandle, stat } from 'node:fs/promises';
import { type ExplainError, errors, reasonOf, toExplainError } from '../../core/errors';
import { isAbsent } from '../../core/system-errors';
import { withRegular } from '../../files/open';
import type { StoredItem } from '../store/form';

/** An item's bytes by their SHA-256 in hexadecimal, or why they can't be read. */
export type Identified = { readonly item: StoredItem } & ({ readonly hash: string } | { readonly error: ExplainError });

const AT_ONCE = 8;
/** Bytes that are read at once; an image that is larger is no reason to hold more. */
const PIECE = 2 ** 20;

/** Reads the files of some items. Those that were read before and have not changed since are not read again. */
export async function identified(items: readonly StoredItem[], signal: AbortSignal): Promise<readonly Identified[]> {
  const found: Identified[] = new Array(items.length);
  let next = 0;
  async function go(): Promise<void> {
    while (next < items.length && !signal.aborted) {
      const at = next++;
      const item = items[at]!;
      found[at] = await hashOf(item).then(
        (hash) => ({ item, hash }),
        (thrown) => ({ item, error: toExplainError(thrown) }),
      );
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, go));
  if (signal.aborted) throw errors.cancelled();
  return found;
}

/** Why the file is not the one that was listed, if it is not. */
export async function changeOf(item: StoredItem): Promise<ExplainError | undefined> {
  try {
    checkState(item, await stat(item.file));
    return undefined;
  } catch (thrown) {
    return failureOf(item.file, thrown);
  }
}

/** @throws image-missing, image-unreadable */
async function hashOf(item: StoredItem): Promise<string> {
  try {
    if (item.hash !== undefined) {
      checkState(item, await stat(item.file));
      return item.hash;
    }
    return await withRegular(item.file, async (handle) => {
      checkState(item, await handle.stat());
      return digestOf(handle, item.bytes);
    });
  } catch (thrown) {
    throw failureOf(item.file, thrown);
  }
}

/** Whether a file has the bytes with this SHA-256, or one that begins so, whenever it was written. @throws image-missing, image-unreadable */
export async function hasBytes({ file, bytes }: StoredItem, hash: string): Promise<boolean> {
  try {
    return await withRegular(file, async (handle) => {
      if ((await handle.stat()).size !== bytes) return false;
      return (await digestOf(handle, bytes)).startsWith(hash);
    });
  } catch (thrown) {
    throw failureOf(file, thrown);
  }
}

async function digestOf(handle: FileHandle, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(Math.min(PIECE, bytes + 1));
  for (;;) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, null);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
  }
}

function checkState({ bytes, mtime }: StoredItem, info: { readonly size: number; readonly mtimeMs: number }): void {
  if (info.size !== bytes || Math.trunc(info.mtimeMs) !== Math.trunc(mtime))
    throw new Error('it has changed since the dataset was listed; inspect the dataset again');
}

function failureOf(file: string, thrown: unknown): ExplainError {
  return isAbsent(thrown) ? errors.imageMissing(file) : errors.imageUnreadable(file, reasonOf(thrown), thrown);
}
