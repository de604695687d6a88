/** Which files something was made from, and whether they are still the same. */
import { stat } from 'node:fs/promises';
import type { FileStamp } from '../protocol/requests';

export type Stamp = FileStamp;

/** A file that can't be looked at counts as absent: reading it tells why. */
export async function stampOf(path: string): Promise<Stamp> {
  const info = await stat(path).catch(() => undefined);
  return { path, size: info?.size, mtime: info?.mtimeMs ?? 0 };
}

/** True if no file has changed, appeared or gone since. */
export async function isCurrent(stamps: readonly Stamp[]): Promise<boolean> {
  const now = await Promise.all(stamps.map(({ path }) => stampOf(path)));
  return stamps.every(({ size, mtime }, i) => size === now[i]!.size && mtime === now[i]!.mtime);
}

/** One name for a set of files in their present state. */
export function identityOf(stamps: readonly Stamp[]): string {
  return stamps.map(({ path, size, mtime }) => `${path}|${mtime}|${size}`).join('\n');
}
