/** Thumbnails of a strip of images: made one at a time, of those that the page asks for. None is kept here. Pure. */
import type { Picture, ToEditor } from '../../protocol/webview';

export interface Thumbnails {
  /** These are wanted, the first first; what was wanted before is given up. */
  want(indices: readonly number[]): void;
  /** These have changed on disk: the page asks again for those that it shows. */
  forget(indices: readonly number[]): void;
  /** What could not be made may be made now. */
  retry(): void;
  /** The page is gone, and what it asked for with it. */
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
  /** The file of the current one has changed since it was opened. */
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
