/** A canvas of a page, brought over for a test to look at. */
import type { Locator } from 'playwright-core';

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel. */
  readonly rgba: Buffer;
}

export async function readCanvas(canvas: Locator): Promise<Canvas> {
  const { width, height, base64 } = await canvas.evaluate(async (element) => {
    const { width, height } = element as HTMLCanvasElement;
    // A canvas has one kind of context: a copy can be read whatever that is.
    const copy = new OffscreenCanvas(width, height).getContext('2d')!;
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    // Text, since millions of numbers would take minutes to come over.
    const reader = new FileReader();
    await new Promise((done) => {
      reader.onload = done;
      reader.readAsDataURL(new Blob([data]));
    });
    return { width, height, base64: String(reader.result).split(',')[1]! };
  });
  return { width, height, rgba: Buffer.from(base64, 'base64') };
}
