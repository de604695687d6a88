/** Thumbnails that the page has: those shown last, by image. The host makes them when they are asked for, and keeps none. */
import { signal } from '@preact/signals';
import type { Picture } from '../../../src/protocol/webview';
import { addressOf } from '../stage/pictures';

/** The most thumbnails that are kept, which is many times the number on screen. */
const MOST = 400;

export type Thumbnails = ReturnType<typeof createThumbnails>;

/** @param ask asks the host for one; rejects where it can't be made, which the host has logged */
export function createThumbnails(ask: (index: number) => Promise<Picture>) {
  /** Thumbnails in the order of their use; the most recent is last. */
  const known = new Map<number, string>();
  /** Those that can't be made: the strip shows the name in their place. */
  const missing = new Set<number>();
  /** In this order, the last time that it was said. */
  let wanted: readonly number[] = [];
  let asked: number | undefined;
  /** The file of the one that is asked for has changed since. */
  let isStale = false;
  /** Changes with each thumbnail that comes or goes. */
  const version = signal(0);

  function drop(index: number): void {
    const source = known.get(index);
    if (source?.startsWith('blob:')) URL.revokeObjectURL(source);
    known.delete(index);
  }

  function put(index: number, picture: Picture): void {
    drop(index);
    known.set(index, addressOf(picture));
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break;
      drop(oldest);
    }
    version.value += 1;
  }

  /** One after the other, so that what has left the screen meanwhile is not made. */
  async function work(): Promise<void> {
    if (asked !== undefined) return;
    for (;;) {
      asked = wanted.find((index) => !known.has(index) && !missing.has(index));
      if (asked === undefined) return;
      isStale = false;
      try {
        const picture = await ask(asked);
        if (!isStale) put(asked, picture);
      } catch {
        if (!isStale) missing.add(asked);
      }
    }
  }

  return {
    version,
    /** Those of a range are on screen; earlier wishes are given up. */
    want(from: number, to: number): void {
      wanted = Array.from({ length: to - from + 1 }, (_, i) => from + i);
      void work();
    },
    sourceOf(index: number): string | undefined {
      const source = known.get(index);
      if (source === undefined) return undefined;
      known.delete(index);
      known.set(index, source);
      return source;
    },
    /** What is known of these is no longer right. */
    forget(indices: readonly number[]): void {
      for (const index of indices) {
        drop(index);
        missing.delete(index);
        if (index === asked) isStale = true;
      }
      version.value += 1;
      void work();
    },
  };
}
