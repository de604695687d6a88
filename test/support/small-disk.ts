/** A disk that is soon full. */
import { execFileSync } from 'node:child_process';
import { reasonOf } from '../../src/core/errors';

/**
 * Mounts an empty file system in memory on a folder, as root or by sudo without a password.
 *
 * @param kilobytes its size
 * @returns what changes it, or why it can't be done on this machine
 */
export function mountSmall(
  folder: string,
  kilobytes: number,
): { resize(kilobytes: number): void; undo(): void } | { why: string } {
  const asRoot = (command: string, ...args: readonly string[]) => {
    const whole = process.getuid?.() === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
    execFileSync(whole[0]!, whole.slice(1), { stdio: 'pipe' });
  };
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=777`, 'tmpfs', folder);
    return {
      resize: (now) => asRoot('mount', '-o', `remount,size=${now}k`, folder),
      undo: () => asRoot('umount', folder),
    };
  } catch (thrown) {
    return { why: reasonOf(thrown) };
  }
}
