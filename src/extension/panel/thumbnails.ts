/** Makes the thumbnails that the page requests, one at a time. None is kept here. Pure. */
import type { Picture, ToEditor } from '../../protocol/webview';

export interface Thumbnails {
  /** Requests thumbnails, in this order. Earlier requests are dropped. */
  want(indices: readonly number[]): void;
  /** Invalidates thumbnails of changed files; the page requests visible ones again. */
  forget(indices: readonly number[]): void;
  /** Tries failed thumbnails again. */
  retry(): void;
  /** Drops all requests, since the page no longer exists. */
  stop(): void;
}

export interface ThumbnailOptions {
  load(index: number): Promise<Picture>;
  send(message: ToEditor): void;
  failed(thrown: unknown): void;
}

export function createThumbnails({ load, send, failed }: ThumbnailOptions): Thumbnails {
  let wanted: readonly number[] = [];
  const missing = new Set<number>();
  let current: number | undefined;
  /** True if the file of the current thumbnail has changed since it was opened. */
  let isStale = false;

  async function work(): Promise<void> {
    if (current !== undefined) return;
    for (;;) {
      [current, ...wanted] = wanted;
      if (current === undefined) return;
      isStale = false;
      try {
        const thumbnail = await load(current);
        if (!isStale) send({ type: 'thumbnail', index: current, thumbnail });
      } catch (thrown) {
        missing.add(current);
        failed(thrown);
      }
    }
  }

  function want(indices: readonly number[]): void {
    wanted = indices.filter((index) => (index !== current || isStale) && !missing.has(index));
    void work();
  }

  return {
    want,
    forget: (indices) => {
      for (const index of indices) {
        missing.delete(index);
        if (index === current) isStale = true;
        send({ type: 'thumbnail', index });
      }
    },
    retry: () => {
      const again = [...missing];
      missing.clear();
      want([...wanted, ...again]);
    },
    stop: () => {
      wanted = [];
    },
  };
}
