/**
 * The pictures of tiles: decoded thumbnails, and their heat by the code that paints it in the editor of an explanation.
 * Heat is painted a few tiles at a time, so that the view can follow the scrolling in between.
 */
import type { Size } from '../../../../src/core/geometry';
import type { Frame } from '../../../../src/core/saliency';
import type { HeatStyle } from '../../../../src/core/style';
import type { StoredMap, TilePicture } from '../../../../src/protocol/dataset';
import { draw } from '../../../heat/painting';

export interface Heat {
  readonly bitmap: ImageBitmap;
  readonly contour: Path2D | undefined;
}

interface Entry {
  readonly frame: Frame | undefined;
  thumbnail: ImageBitmap | undefined;
  heat: (Heat & { readonly key: string }) | undefined;
}

export type Album = ReturnType<typeof createAlbum>;

/** The map of a stored one, as the painter of heat takes it. Its values are those that were stored, in 256 steps. */
export function frameOf({ map, transform, inputSize }: TilePicture): Frame | undefined {
  if (!map || !transform || !inputSize) return undefined;
  const { height, width, offset, signed } = map;
  return { done: 1, total: 1, height, width, offset, signed, map: valuesOf(map), inputSize, imageTransform: transform };
}

export function valuesOf({ lo, hi, values }: StoredMap): Float32Array {
  const step = (hi - lo) / 255;
  return Float32Array.from(values, (byte) => lo + byte * step);
}

/** Milliseconds of painting at a time, well within a frame of the screen. */
const SLICE = 8;

/**
 * @param changed called when a picture has come
 * @param failed called with a thumbnail that can't be decoded
 */
export function createAlbum(changed: () => void, failed: (thrown: unknown) => void) {
  const entries = new Map<number, Entry>();
  let decoding = 0;
  /** What is on screen without its heat. */
  let due: readonly { readonly item: number; readonly size: Size }[] = [];
  let style: HeatStyle | undefined;
  let isPainting = false;

  const close = ({ thumbnail, heat }: Entry) => {
    thumbnail?.close();
    heat?.bitmap.close();
  };

  async function decode(item: number, entry: Entry, bytes: Uint8Array): Promise<void> {
    decoding += 1;
    try {
      const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]));
      if (entries.get(item) === entry) entry.thumbnail = bitmap;
      else bitmap.close();
    } catch (thrown) {
      failed(thrown);
    } finally {
      decoding -= 1;
      changed();
    }
  }

  const keyOf = ({ width, height }: Size, { colormap, threshold, contour }: HeatStyle) =>
    `${width} ${height} ${colormap} ${threshold} ${contour}`;

  async function paintSlice(): Promise<void> {
    const end = performance.now() + SLICE;
    for (const { item, size } of due) {
      const entry = entries.get(item);
      if (!entry?.frame || !style || entry.heat?.key === keyOf(size, style)) continue;
      if (performance.now() > end) break;
      const key = keyOf(size, style);
      const { pixels, contour } = draw({ drawing: { kind: 'map', frame: entry.frame }, size, style });
      const bitmap = await createImageBitmap(new ImageData(pixels, size.width, size.height));
      if (entries.get(item) !== entry) {
        bitmap.close();
        continue;
      }
      entry.heat?.bitmap.close();
      entry.heat = { bitmap, contour: contour === '' ? undefined : new Path2D(contour), key };
    }
  }

  const isDue = () =>
    due.some(({ item, size }) => {
      const entry = entries.get(item);
      return entry?.frame && style && entry.heat?.key !== keyOf(size, style);
    });

  async function paintDue(): Promise<void> {
    if (isPainting || !isDue()) return;
    isPainting = true;
    while (isDue()) {
      await paintSlice();
      changed();
      await new Promise((done) => setTimeout(done));
    }
    isPainting = false;
    changed();
  }

  return {
    put(pictures: readonly TilePicture[]): void {
      for (const picture of pictures) {
        const { item, thumbnail } = picture;
        const before = entries.get(item);
        // The thumbnail of an image stays the same; only its map is another.
        const entry: Entry = { frame: frameOf(picture), thumbnail: before?.thumbnail, heat: undefined };
        before?.heat?.bitmap.close();
        entries.set(item, entry);
        if (thumbnail && !entry.thumbnail) void decode(item, entry, thumbnail);
      }
      changed();
    },
    drop(items: readonly number[]): void {
      for (const item of items) {
        const entry = entries.get(item);
        if (entry) close(entry);
        entries.delete(item);
      }
    },
    forget(): void {
      for (const entry of entries.values()) close(entry);
      entries.clear();
    },
    thumbnail: (item: number) => entries.get(item)?.thumbnail,
    /** The image that the map was computed of; its size may be known without a thumbnail. */
    image: (item: number) => entries.get(item)?.frame?.imageTransform.image,
    /** The newest heat that is painted, perhaps in another size or style. */
    heat: (item: number): Heat | undefined => entries.get(item)?.heat,
    hasMap: (item: number) => entries.get(item)?.frame !== undefined,
    /** Paints the heat of what is on screen, in pixels of the screen. */
    want(next: typeof due, nextStyle: HeatStyle): void {
      due = next;
      style = nextStyle;
      void paintDue();
    },
    get isBusy(): boolean {
      return decoding > 0 || isPainting;
    },
  };
}
