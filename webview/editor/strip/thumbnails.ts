/**
 * The page's thumbnails by image; the most recently shown ones are kept. The host makes them on request and keeps none.
 */
import { signal } from '@preact/signals';
import type { Picture } from '../../../src/protocol/webview';
import { addressOf } from '../stage/pictures';

/** The most thumbnails that are kept, which is many times the number on screen. */
const MOST = 400;

export type Thumbnails = ReturnType<typeof createThumbnails>;

/** @param ask requests the thumbnails of these images from the host, in this order; earlier requests are dropped */
export function createThumbnails(ask: (indices: readonly number[]) => void) {
  /** Thumbnails in the order of their use; the most recent is last. */
  const known = new Map<number, string>();
  let asked: ReadonlySet<number> = new Set();
  /** Changes with each thumbnail that comes or goes. */
  const version = signal(0);

  function drop(index: number): void {
    const source = known.get(index);
    if (source?.startsWith('blob:')) URL.revokeObjectURL(source);
    known.delete(index);
  }

  return {
    version,
    /** Requests the missing thumbnails of a range, unless they were requested before. */
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
    /** @param picture undefined if the current thumbnail is no longer valid */
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
