/** Folders that can't be written: for root, permissions are not enough. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { reasonOf } from '../../src/core/errors';

/**
 * Makes a folder one that can't be written: by its permissions, or for root by a mount of itself that can only be read.
 *
 * @returns what makes it as it was, or why it can't be done on this machine
 */
export function makeReadOnly(folder: string): { undo(): void } | { why: string } {
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o555);
    return { undo: () => chmodSync(folder, 0o755) };
  }
  try {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'remount,bind,ro', folder], { stdio: 'pipe' });
    return { undo: () => void execFileSync('umount', [folder]) };
  } catch (thrown) {
    return { why: reasonOf(thrown) };
  }
}

/** A folder that can't be written by anybody, since its file system is mounted so; undefined if there is none. */
export function readOnlyMount(): string | undefined {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, folder, , options]) => folder?.startsWith('/') && options?.split(',').includes('ro'))?.[1];
}
