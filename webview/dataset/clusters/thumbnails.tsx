/** Small pictures of single images with their heat, outside the grid. They are asked for in packs. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { HeatStyle } from '../../../src/core/style';
import type { ItemId, TilePicture, VersionId } from '../../../src/protocol/dataset';
import { unpackPictures } from '../../../src/protocol/packed/unpack';
import type { Painter } from '../../heat/painter';
import { frameOf } from '../grid/draw/album';
import { fitted } from '../grid/draw/place';
import type { DatasetPage } from '../model';
import type { Ask } from '../requests';

const PACK = 48;
const PAUSE_MS = 30;
/** Pictures that are kept. */
const MOST = 400;

export interface Thumbnails {
  picture(item: ItemId): Promise<TilePicture | undefined>;
}

/** @param version whose maps they show */
export function createThumbnails(ask: Ask, version: VersionId): Thumbnails {
  const held = new Map<ItemId, Promise<TilePicture | undefined>>();
  let due: { readonly item: ItemId; settle(found: Promise<TilePicture | undefined>): void }[] = [];

  function send(): void {
    const waiting = due;
    due = [];
    for (let from = 0; from < waiting.length; from += PACK) {
      const pack = waiting.slice(from, from + PACK);
      const answer = ask('pictures', { version, items: pack.map(({ item }) => item), maps: true }).then(unpackPictures);
      for (const { item, settle } of pack) {
        const found = answer.then((pictures) => pictures.find((picture) => picture.item === item));
        // One that has failed is asked for again.
        found.catch(() => held.delete(item));
        settle(found);
      }
    }
  }

  return {
    picture(item) {
      const known = held.get(item);
      if (known) return known;
      if (due.length === 0) setTimeout(send, PAUSE_MS);
      const found = new Promise<TilePicture | undefined>((settle) => {
        due.push({ item, settle });
      });
      held.set(item, found);
      const [oldest] = held.keys();
      if (held.size > MOST && oldest !== undefined) held.delete(oldest);
      return found;
    },
  };
}

interface ThumbnailProps {
  readonly page: DatasetPage;
  readonly thumbnails: Thumbnails;
  readonly item: ItemId;
  /** In pixels of CSS. */
  readonly side: number;
}

export function Thumbnail({ page: { store, paintHeat, actions }, thumbnails, item, side }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const style = store.heat.value ? store.style.value : undefined;
  useLayoutEffect(() => {
    const now = { isCurrent: true };
    thumbnails
      .picture(item)
      .then((picture) => picture && drawThumbnail(canvas.current!, picture, side, style, paintHeat, now))
      .catch(actions.failed);
    return () => {
      now.isCurrent = false;
    };
  }, [thumbnails, item, side, style]);
  return (
    <canvas ref={canvas} class="thumbnail" width={1} height={1} style={{ width: `${side}px`, height: `${side}px` }} />
  );
}

/** Draws a picture with its heat into a canvas; nothing if it is no longer wanted by the time. */
export async function drawThumbnail(
  canvas: HTMLCanvasElement,
  picture: TilePicture,
  side: number,
  style: HeatStyle | undefined,
  paint: Painter,
  now: { readonly isCurrent: boolean },
): Promise<void> {
  if (!picture.thumbnail || !now.isCurrent) return;
  const image = await createImageBitmap(new Blob([picture.thumbnail as Uint8Array<ArrayBuffer>]));
  const ratio = devicePixelRatio;
  const { x, y, width, height } = fitted(image.width, image.height, side, ratio);
  const frame = frameOf(picture);
  const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  const heat = frame && style && (await paint({ drawing: { kind: 'map', frame }, size, style }));
  if (now.isCurrent) {
    Object.assign(canvas, { width: Math.round(side * ratio), height: Math.round(side * ratio) });
    const context = canvas.getContext('2d')!;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(image, x * ratio, y * ratio, size.width, size.height);
    if (heat && style) {
      context.globalAlpha = style.opacity;
      context.drawImage(heat.bitmap, x * ratio, y * ratio);
    }
    canvas.dataset['item'] = String(picture.item);
  }
  image.close();
  heat?.bitmap.close();
}
