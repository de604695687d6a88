/** One process at a time writes to a report: its lock is a file with the process's id. */
import { open, readFile, rm } from 'node:fs/promises';
import { errors, reasonOf } from '../../core/errors';

/**
 * The lock of a process that has ended without removing it counts for nothing.
 *
 * @param file of the lock, in a folder that exists
 * @returns removes the lock
 * @throws evaluation-running, output-unwritable
 */
export async function lock(file: string): Promise<() => Promise<void>> {
  if (!(await claim(file))) {
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (isRunning(owner)) throw errors.evaluationRunning(file, owner);
    await rm(file, { force: true });
    if (!(await claim(file))) throw errors.evaluationRunning(file, owner);
  }
  return () => rm(file, { force: true });
}

/** @returns false if the file is there already */
async function claim(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw errors.outputUnwritable(file, reasonOf(thrown));
  }
}

/** Ids are used again, by this process too. */
function isRunning(id: number): boolean {
  if (!(id > 0) || id === process.pid) return false;
  try {
    return process.kill(id, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
