/** Everything that is written: never over what a run reads, nor over pictures of others, and whole or not at all. */
import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ExplainError, errors, reasonOf } from '../core/errors';
import { isPng } from '../protocol/mark';
import { isExport } from './mark';
import { kindOf } from './open';

export interface Outputs {
  /**
   * Before anything is computed.
   *
   * @param isPicture a picture replaces only what Group-CAM has drawn, unless `force` is given; other files are replaced
   * @throws output-taken, output-unwritable
   */
  check(file: string, isPicture: boolean): Promise<void>;
  /**
   * Checks it, and writes the file under another name in its folder, which is then changed: whatever ends the process leaves
   * the old file or the new one. Folders are made as needed. What a link leads to is replaced, not the link.
   *
   * @throws output-taken, output-unwritable
   */
  write(file: string, bytes: Uint8Array | string): Promise<void>;
}

/**
 * @param inputs all files that the run reads, whether they are there or not
 * @param force the user has agreed to replace a picture
 */
export function outputsBeside(inputs: Iterable<string>, force = false): Outputs {
  let known: Promise<ReadonlyMap<string, string>> | undefined;

  /** @returns where the file really is or will be */
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
    check: (file, isPicture) => failingBy(file, async () => void (await place(file, isPicture))),
    write: (file, bytes) =>
      failingBy(file, async () => {
        const isPicture = typeof bytes !== 'string' && isPng(bytes);
        await writeWhole(await place(file, isPicture), bytes);
      }),
  };
}

async function failingBy(file: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    throw thrown instanceof ExplainError ? thrown : errors.outputUnwritable(file, reasonOf(thrown));
  }
}

async function writeWhole(file: string, bytes: Uint8Array | string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const temporary = path.join(folder, `.group-cam-${randomUUID()}.part`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (thrown) {
    // The first failure is the one to report; here the temporary file may not even exist.
    await rm(temporary, { force: true }).catch(() => {});
    throw thrown;
  }
}

/** Links are followed, also those to a folder that is yet to be made in one that is there. */
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

/** A file is known by its number: links and other spellings lead to the same. One that is not there is its place. */
function identityOf(real: string, info: BigIntStats | undefined): string {
  return info?.ino ? `${info.dev} ${info.ino}` : real;
}

function absent(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown;
}
