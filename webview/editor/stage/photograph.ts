/** The picture under the heat: its address, and what the browser has made of it. */

import type { Size } from '../../../src/core/geometry';
import type { Picture } from '../../../src/protocol/webview';
import { createPictures } from './pictures';

export function createPhotograph() {
  const pictures = createPictures();
  let picture: Picture | undefined;
  /** What was decoded last, or could not be. */
  let seen: { readonly source: string; readonly size: Size | undefined } | undefined;

  const source = () => pictures.sourceOf(picture);
  const size = () => (seen?.source === source() ? seen?.size : undefined);
  return {
    show(next: Picture | undefined): void {
      picture = next;
    },
    source,
    /** Its own size, once it is decoded. */
    size,
    /** False too of the engine's copy if it can't be decoded: there is no other to wait for. */
    isAwaited: () => !size() && !(picture && 'png' in picture && seen?.source === source()),
    decoded(from: string, size: Size): void {
      seen = { source: from, size };
    },
    /** Whether it is the file or the engine's copy that can't be decoded; undefined if that was told before. */
    failed(from: string): 'file' | 'copy' | undefined {
      if (seen?.source === from) return undefined;
      seen = { source: from, size: undefined };
      return picture && 'uri' in picture ? 'file' : 'copy';
    },
  };
}
