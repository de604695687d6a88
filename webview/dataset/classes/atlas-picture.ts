/** The picture of a class or a cluster: its mean image with its mean heat over it. */
import { identityTransform } from '../../../src/core/geometry';
import type { HeatStyle } from '../../../src/core/style';
import type { AtlasEntry } from '../../../src/protocol/dataset';
import type { Painter } from '../../heat/painter';
import { valuesOf } from '../grid/draw/album';

/** Side in pixels of CSS. */
export const SIDE = 96;

/** @param style of the heat; without one it is left out */
export async function drawEntry(
  canvas: HTMLCanvasElement,
  { image, map }: Pick<AtlasEntry, 'image' | 'map'>,
  style: HeatStyle | undefined,
  paint: Painter,
): Promise<void> {
  const side = Math.round(SIDE * devicePixelRatio);
  const size = { width: side, height: side };
  const heat =
    map && style
      ? await paint({
          drawing: {
            kind: 'map',
            frame: {
              done: 1,
              total: 1,
              ...map,
              map: valuesOf(map),
              inputSize: size,
              imageTransform: identityTransform(size),
            },
          },
          size,
          style,
        })
      : undefined;
  Object.assign(canvas, size);
  const context = canvas.getContext('2d')!;
  if (image) {
    const small = new OffscreenCanvas(image.side, image.side);
    small.getContext('2d')!.putImageData(new ImageData(rgbaOf(image.rgb), image.side, image.side), 0, 0);
    context.drawImage(small, 0, 0, side, side);
  }
  if (!heat || !style) return;
  context.globalAlpha = image ? style.opacity : 1;
  context.drawImage(heat.bitmap, 0, 0);
  context.globalAlpha = 1;
  heat.bitmap.close();
}

function rgbaOf(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((4 * rgb.length) / 3).fill(255);
  for (let i = 0; i < rgb.length / 3; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return rgba;
}
