/**
 * Writes output files. It never overwrites files that the run reads or pictures from other programs, and it writes a
 * file completely or not at all.
 */
import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { link, lstat, mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ExplainError, errors, reasonOf } from '../core/errors';
import { hasCode } from '../core/system-errors';
import { isPng } from '../protocol/mark';
import { isExport } from './mark';
import { kindOf } from './open';

/** Bytes or text; what is too long for one of them comes in parts. */
type Content = Uint8Array | string | AsyncIterable<string | Uint8Array>;

export interface Outputs {
  /**
   * Checks that a file may be written, before anything is computed.
   *
   * @param isPicture a picture replaces only what Group-CAM has drawn, unless `force` is given; other files are
   *   replaced
   * @returns the path where it would be, after links are followed
   * @throws output-taken, output-unwritable
   */
  check(file: string, isPicture: boolean): Promise<string>;
  /**
   * Checks the file and writes it. It is written under a temporary name in the same folder and then renamed, so that at
   * any end of the process either the old or the new file is there. Missing folders are created. If the name is a link,
   * its target is replaced, not the link.
   *
   * @throws output-taken, output-unwritable
   */
  write(file: string, bytes: Content): Promise<void>;
  /**
   * Writes a new file, whole or not at all. A file that has appeared there in the meantime stays as it is.
   *
   * @param drafts a folder in which a killed process may leave what was half written, unless it is of another file system
   * @throws output-taken, output-unwritable
   */
  create(file: string, bytes: Content, drafts: string): Promise<void>;
}

/**
 * @param inputs all files that the run reads or would read, whether they exist or not
 * @param force true if the user has agreed to replace pictures
 */
export function outputsBeside(inputs: Iterable<string>, force = false): Outputs {
  let known: Promise<ReadonlyMap<string, string>> | undefined;

  /** @returns the real path of the file, after links are followed */
  async function place(file: string, isPicture: boolean): Promise<string> {
    const real = await realPlace(file);
    const info = await stat(real, { bigint: true }).catch(absent);
    if (info && !info.isFile()) throw new Error(`it is ${kindOf(info)}, not a file`);
    known ??= identitiesOf(inputs);
    const input = (await known).get(identityOf(real, info));
    if (input !== undefined) throw errors.outputIsInput(file, input);
    if (isPicture && !force && info && info.size > 0 && !(await isExport(real))) throw errors.outputIsForeign(file);
    return real;
  }

  return {
    check: (file, isPicture) => failingBy(file, () => place(file, isPicture)),
    write: (file, bytes) =>
      failingBy(file, async () => {
        const isPicture = bytes instanceof Uint8Array && isPng(bytes);
        await writeWhole(await place(file, isPicture), bytes);
      }),
    create: (file, bytes, drafts) =>
      failingBy(file, async () => {
        const real = await place(file, false);
        const folder = path.dirname(real);
        await makeFolder(folder);
        await makeFolder(drafts);
        const [own, wanted] = await Promise.all([stat(folder), stat(drafts)]);
        await withDraft(own.dev === wanted.dev ? drafts : folder, bytes, (draft) => named(draft, real, file));
      }),
  };
}

async function failingBy<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof ExplainError) throw thrown;
    const isFull = hasCode(thrown, 'ENOSPC');
    throw errors.outputUnwritable(file, isFull ? 'the disk is full; make room there' : reasonOf(thrown));
  }
}

/**
 * Creates a folder and those above it. Node's own recursive form never ends where a folder above can't be made although
 * nothing refuses it, as in /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  const there = await stat(folder).catch(absent);
  if (there?.isDirectory()) return;
  if (there) throw new Error(`${folder} is no folder`);
  const above = path.dirname(folder);
  if (above !== folder) await makeFolder(above);
  await mkdir(folder).catch((thrown) => {
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  });
}

async function writeWhole(file: string, bytes: Content): Promise<void> {
  const folder = path.dirname(file);
  await makeFolder(folder);
  await withDraft(folder, bytes, (draft) => rename(draft, file));
}

/** Gives what was written a name that nothing has. @throws output-taken */
async function named(draft: string, real: string, file: string): Promise<void> {
  try {
    await link(draft, real);
    await rm(draft);
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) throw errors.outputIsThere(file);
    // Some file systems have no hard links.
    if (await lstat(real).catch(absent)) throw errors.outputIsThere(file);
    await rename(draft, real);
  }
}

async function withDraft(folder: string, bytes: Content, use: (draft: string) => Promise<void>): Promise<void> {
  const temporary = path.join(folder, `.group-cam-${randomUUID()}.part`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await writeFile(handle, bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await use(temporary);
  } catch (thrown) {
    // The first failure is the one to report. The temporary file may not even exist.
    await rm(temporary, { force: true }).catch(() => {});
    throw thrown;
  }
}

/** Follows all links, also if the last folders of the path do not exist yet. */
async function realPlace(file: string): Promise<string> {
  const whole = path.resolve(file);
  const there = await realpath(whole).catch(absent);
  if (there !== undefined) return there;
  if (await lstat(whole).catch(absent)) throw new Error('a link that leads nowhere');
  const folder = path.dirname(whole);
  return folder === whole ? whole : path.join(await realPlace(folder), path.basename(whole));
}

async function identitiesOf(inputs: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const known = [...new Set(inputs)].map(async (input) => {
    const info = await stat(input, { bigint: true }).catch(() => undefined);
    const real = info ? input : await realPlace(input).catch(() => path.resolve(input));
    return [identityOf(real, info), input] as const;
  });
  return new Map(await Promise.all(known));
}

/**
 * A file is identified by its inode, so that links and other spellings are recognised as the same file. A file that
 * does not exist is identified by its path.
 */
function identityOf(real: string, info: BigIntStats | undefined): string {
  return info?.ino ? `${info.dev} ${info.ino}` : real;
}

/** A folder above that is a file is no absence here: nothing could be written below it. */
function absent(thrown: unknown): undefined {
  if (!hasCode(thrown, 'ENOENT')) throw thrown;
}
