import type { Size } from '../../../src/core/geometry';

/** The size of an element's content box in pixels of the screen; undefined if it is empty. */
export function sizeOf({ clientWidth: width, clientHeight: height }: HTMLElement): Size | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}
