import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errors, reasonOf } from '../core/errors';

/**
 * Writes a file whole or not at all: under a temporary name beside it, then renamed. Folders are made as needed.
 *
 * @throws output-unwritable
 */
export async function writeOutput(file: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, file);
  } catch (thrown) {
    // The first failure is the one to report; here the temporary file may not even exist.
    await rm(temporary, { force: true }).catch(() => {});
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}
