/** Records the state of files, and checks whether they are unchanged. */
import { stat } from 'node:fs/promises';
import type { FileStamp } from '../protocol/requests';

export type Stamp = FileStamp;

/** A file that can't be examined counts as absent. Reading it will report the reason. */
export async function stampOf(path: string): Promise<Stamp> {
  const info = await stat(path).catch(() => undefined);
  return { path, size: info?.size, mtime: info?.mtimeMs ?? 0 };
}

/** True if no file has changed, appeared or disappeared since. */
export async function isCurrent(stamps: readonly Stamp[]): Promise<boolean> {
  const now = await Promise.all(stamps.map(({ path }) => stampOf(path)));
  return stamps.every(({ size, mtime }, i) => size === now[i]!.size && mtime === now[i]!.mtime);
}

/** An identifier for a set of files in their present state. */
export function identityOf(stamps: readonly Stamp[]): string {
  return stamps.map(({ path, size, mtime }) => `${path}|${mtime}|${size}`).join('\n');
}
