/** The picture under the heat: its address, and what the browser has made of it. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Size } from '../../../src/core/geometry';
import type { Picture } from '../../../src/protocol/webview';
import { createPictures } from './pictures';

export function createPhotograph(picture: ReadonlySignal<Picture | undefined>) {
  const pictures = createPictures();
  const source = computed(() => pictures.sourceOf(picture.value));
  /** What was decoded last, or could not be. */
  const seen = signal<{ readonly source: string; readonly image: HTMLImageElement | undefined } | undefined>(undefined);
  /** The element that shows it, once it is decoded. */
  const image = computed(() => (seen.value?.source === source.value ? seen.value?.image : undefined));
  return {
    source,
    image,
    /** Its own size, after its EXIF orientation, once it is decoded. */
    size: computed((): Size | undefined => {
      const shown = image.value;
      return shown && { width: shown.naturalWidth, height: shown.naturalHeight };
    }),
    /** False too of the engine's copy if it can't be decoded: there is no other to wait for. */
    isAwaited: computed(() => {
      const isCopy = picture.value !== undefined && 'png' in picture.value;
      return !image.value && !(isCopy && seen.value?.source === source.value);
    }),
    decoded(from: string, by: HTMLImageElement): void {
      if (seen.value?.source !== from || !seen.value.image) seen.value = { source: from, image: by };
    },
    /** Whether it is the file or the engine's copy that can't be decoded; undefined if that was told before. */
    failed(from: string): 'file' | 'copy' | undefined {
      if (seen.value?.source === from) return undefined;
      seen.value = { source: from, image: undefined };
      return picture.value && 'uri' in picture.value ? 'file' : 'copy';
    },
  };
}
