/** The folder with what a training needs to go on: one file, and what a killed process has left half written. */
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';

export const STATE_FILE = 'training.state';
const HALF_WRITTEN = /^\.group-cam-.*\.part$/;

export const hasState = (folder: string): boolean => existsSync(path.join(folder, STATE_FILE));

/** Held while a process trains with that folder. It lies beside the folder, since that is removed at the end. */
export const lockOf = (folder: string): string => `${folder}.lock`;

/** Removes what was kept, and the folder if nothing else is in it. */
export async function removeState(folder: string): Promise<void> {
  const left = await readdir(folder).catch(() => []);
  for (const name of left.filter((one) => one === STATE_FILE || HALF_WRITTEN.test(one)))
    await rm(path.join(folder, name), { force: true });
  await rmdir(folder).catch(() => {
    // It is not there, or somebody keeps other files in it.
  });
}
