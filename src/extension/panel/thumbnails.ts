/** Thumbnails of a strip of images: made when the page asks for one, and none is kept here. Pure. */
import type { Picture, ToEditor } from '../../protocol/webview';

export interface Thumbnails {
  /** Rejects if the image can't be read, or has none. */
  make(index: number): Promise<Picture>;
  /** Invalidates thumbnails of changed files; the page requests visible ones again. */
  forget(indices: readonly number[]): void;
  /** Tries failed thumbnails again. */
  retry(): void;
}

export interface ThumbnailOptions {
  load(index: number): Promise<Picture>;
  send(message: ToEditor): void;
  failed(thrown: unknown): void;
}

export function createThumbnails({ load, send, failed }: ThumbnailOptions): Thumbnails {
  const missing = new Set<number>();

  function forget(indices: readonly number[]): void {
    for (const index of indices) missing.delete(index);
    if (indices.length > 0) send({ type: 'thumbnails-changed', indices });
  }

  return {
    async make(index) {
      try {
        return await load(index);
      } catch (thrown) {
        missing.add(index);
        failed(thrown);
        throw thrown;
      }
    },
    forget,
    retry: () => forget([...missing]),
  };
}
