/**
 * Files of a folder that many machines write to. Whatever lies there may have been put there by anybody: links are not
 * followed, only regular files are read, and nothing is written through a link out of the folder.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { datasetErrors } from '../../core/dataset-errors';
import { ExplainError, reasonOf } from '../../core/errors';
import { hasCode, isAbsent } from '../../core/system-errors';
import { openRegular } from '../../files/open';
import { makeFolder } from '../../files/output';

const REMOVE = 'Remove it, and run the same command again.';

/** @throws shared-invalid, whatever was thrown */
export function failing(file: string, thrown: unknown, remedy = REMOVE): never {
  if (thrown instanceof ExplainError) throw thrown;
  const reason = hasCode(thrown, 'ELOOP', 'EMLINK') ? 'it is a link' : reasonOf(thrown);
  throw datasetErrors.sharedInvalid(file, reason, remedy);
}

/** Makes the folder if it is not there. @throws shared-invalid */
export async function makeShared(folder: string): Promise<void> {
  await makeFolder(folder).catch((thrown) => failing(folder, thrown, 'Name a folder that can be written to.'));
}

/** Makes a folder inside of another. @throws shared-invalid if something else is there, such as a link */
export async function makeInside(folder: string, name: string): Promise<string> {
  const inner = path.join(folder, name);
  try {
    if (await isFolder(inner)) return inner;
    await makeFolder(inner);
    if (!(await isFolder(inner))) throw new Error('it was removed at the same moment');
    return inner;
  } catch (thrown) {
    return failing(inner, thrown);
  }
}

/** Whether a folder is there. @throws Error if something else is there */
async function isFolder(file: string): Promise<boolean> {
  const info = await lstat(file).catch((thrown) => {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  });
  if (info && !info.isDirectory()) throw new Error('it is a link, not a folder');
  return info !== undefined;
}

/** Opens a regular file that is no link, uses it, and closes it. @throws shared-invalid; absent: what `open` throws */
export async function withShared<T>(
  file: string,
  use: (handle: FileHandle) => Promise<T>,
  remedy = REMOVE,
): Promise<T> {
  let handle: FileHandle;
  try {
    handle = await openRegular(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (thrown) {
    if (isAbsent(thrown)) throw thrown;
    return failing(file, thrown, remedy);
  }
  try {
    return await use(handle);
  } catch (thrown) {
    return failing(file, thrown, remedy);
  } finally {
    await handle.close();
  }
}

/** Whether something of this name is there, whatever it is. */
export async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (thrown) {
    if (isAbsent(thrown)) return false;
    return failing(file, thrown);
  }
}

type Content = string | Uint8Array | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** How the name of a draft ends. */
export const DRAFT = '.part';

/** Writes a file of a new name beside `file` to the disk. @returns its path */
export async function draftOf(file: string, content: Content): Promise<string> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}${DRAFT}`);
  try {
    const handle = await open(draft, 'wx');
    try {
      await writeFile(handle, content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return draft;
  } catch (thrown) {
    await rm(draft, { force: true });
    return failing(file, thrown, 'Make room, or name a folder that can be written to.');
  }
}

/** Removes what may have been removed already. */
export async function removeDraft(draft: string): Promise<void> {
  await unlink(draft).catch((thrown) => {
    if (!isAbsent(thrown)) failing(draft, thrown);
  });
}

/** How a draft gets its final name; tests have file systems without hard links. */
export type Link = (draft: string, file: string) => Promise<void>;

/** What a file system without hard links answers to a link; `EISDIR` is that of FAT under Windows. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR'] as const;

/**
 * Gives a draft its final name if nothing has it, in one step that no other machine can come between. On NFS the answer to
 * a link may get lost, and the link that was made is then reported as one that was there: so the files are compared.
 *
 * @returns `taken` if something else has the name, `no-links` if the file system has no hard links
 */
export async function claimName(
  draft: string,
  file: string,
  make: Link = link,
): Promise<'claimed' | 'taken' | 'no-links'> {
  try {
    await make(draft, file);
    return 'claimed';
  } catch (thrown) {
    if (hasCode(thrown, ...NO_LINKS)) return 'no-links';
    if (!hasCode(thrown, 'EEXIST')) return failing(file, thrown, 'Name a folder that can be written to.');
    const [own, there] = await Promise.all(
      [draft, file].map((one) =>
        lstat(one, { bigint: true }).catch((why) => (isAbsent(why) ? undefined : failing(one, why))),
      ),
    );
    return own && there && own.ino === there.ino && own.dev === there.dev ? 'claimed' : 'taken';
  }
}

/** Milliseconds after which a file that is not whole was left by a process that has ended; writing it takes a few. */
const TORN = 2000;
const LOOK = 50;

/** Whether a file is whole, or becomes so, as one that another machine is creating at this moment. */
async function becomesWhole(file: string): Promise<boolean> {
  const began = performance.now();
  for (;;) {
    if (await isWhole(file)) return true;
    if (performance.now() - began > TORN) return false;
    await pause(LOOK);
  }
}

/**
 * Creates a file of text lines if nothing has its name but a torn one, which a process that was killed has left. Two that
 * replace a torn file at the same moment both do so whole, and the last one stays.
 *
 * @param content with a line end at its end, by which a whole file is known
 * @returns whether the file is this one now
 * @throws shared-invalid
 */
export async function createWhole(file: string, content: string): Promise<boolean> {
  if (!(await createOnly(file, content))) {
    if (await becomesWhole(file)) return false;
    const draft = await draftOf(file, content);
    await rename(draft, file).catch((thrown) => failing(file, thrown));
  }
  const now = await withShared(file, (handle) => handle.readFile('utf8')).catch((thrown) => failing(file, thrown));
  return now === content;
}

/** Whether a file of text lines is there, and not torn. @throws shared-invalid */
export async function isWhole(file: string): Promise<boolean> {
  const endsWell = async (handle: FileHandle): Promise<boolean> => {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(size - 1, 0));
    return buffer.toString('latin1') === '\n';
  };
  return withShared(file, endsWell).catch((thrown) => {
    if (isAbsent(thrown)) return false;
    throw thrown;
  });
}

/** Creates a mark, an empty file, if nothing has its name. @returns whether it was created */
export const createMark = (file: string): Promise<boolean> => createOnly(file, '');

async function createOnly(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      // A mark need not outlive a crash of the machine.
      if (content === '') return true;
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return false;
    return failing(file, thrown, 'Name a folder that can be written to.');
  }
}
