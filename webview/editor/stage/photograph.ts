/** The picture below the heat: its address, and whether the browser could decode it. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Size } from '../../../src/core/geometry';
import type { Picture } from '../../../src/protocol/webview';
import { createPictures } from './pictures';

export function createPhotograph(picture: ReadonlySignal<Picture | undefined>) {
  const pictures = createPictures();
  const source = computed(() => pictures.sourceOf(picture.value));
  /** The last source, with its image if it could be decoded. */
  const seen = signal<{ readonly source: string; readonly image: HTMLImageElement | undefined } | undefined>(undefined);
  /** The image element, after it is decoded. */
  const image = computed(() => (seen.value?.source === source.value ? seen.value?.image : undefined));
  return {
    source,
    image,
    /** The picture's own size, after its EXIF orientation, once it is decoded. */
    size: computed((): Size | undefined => {
      const shown = image.value;
      return shown && { width: shown.naturalWidth, height: shown.naturalHeight };
    }),
    /** Also false if the engine's copy can't be decoded, since there is no other picture to wait for. */
    isAwaited: computed(() => {
      const isCopy = picture.value !== undefined && 'png' in picture.value;
      return !image.value && !(isCopy && seen.value?.source === source.value);
    }),
    decoded(from: string, by: HTMLImageElement): void {
      if (seen.value?.source !== from || !seen.value.image) seen.value = { source: from, image: by };
    },
    /**
     * Says whether the file or the engine's copy can't be decoded; undefined if this was reported before, or if another
     * picture is shown by now.
     */
    failed(from: string): 'file' | 'copy' | undefined {
      if (from !== source.value || seen.value?.source === from) return undefined;
      seen.value = { source: from, image: undefined };
      return picture.value && 'uri' in picture.value ? 'file' : 'copy';
    },
  };
}
