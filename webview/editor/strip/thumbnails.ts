/** Thumbnails that the page has: those shown last, by image. The host makes them when they are wanted, and keeps none. */
import { signal } from '@preact/signals';
import type { Picture } from '../../../src/protocol/webview';
import { addressOf } from '../stage/pictures';

/** Many times as many as are on screen at once. */
const MOST = 400;

export type Thumbnails = ReturnType<typeof createThumbnails>;

/** @param ask asks the host for the thumbnails of these, in this order; what it was asked before is given up */
export function createThumbnails(ask: (indices: readonly number[]) => void) {
  /** The one that was used last comes last. */
  const known = new Map<number, string>();
  let asked: ReadonlySet<number> = new Set();
  /** Another with each thumbnail that comes or goes. */
  const version = signal(0);

  function drop(index: number): void {
    const source = known.get(index);
    if (source?.startsWith('blob:')) URL.revokeObjectURL(source);
    known.delete(index);
  }

  return {
    version,
    /** Asks for those of a range that are missing, unless that was done. */
    want(from: number, to: number): void {
      const indices = Array.from({ length: to - from + 1 }, (_, i) => from + i);
      const missing = indices.filter((index) => !known.has(index));
      if (missing.every((index) => asked.has(index))) return;
      asked = new Set(missing);
      ask(missing);
    },
    sourceOf(index: number): string | undefined {
      const source = known.get(index);
      if (source === undefined) return undefined;
      known.delete(index);
      known.set(index, source);
      return source;
    },
    /** @param picture undefined: the one that was there is no longer right */
    put(index: number, picture: Picture | undefined): void {
      drop(index);
      asked = new Set([...asked].filter((other) => other !== index));
      version.value += 1;
      if (!picture) return;
      known.set(index, addressOf(picture));
      for (const oldest of known.keys()) {
        if (known.size <= MOST) break;
        drop(oldest);
      }
    },
  };
}
