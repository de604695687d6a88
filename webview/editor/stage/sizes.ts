import type { Size } from '../../../src/core/geometry';

/** Of an element's inside, in pixels of the screen; undefined while it has none. */
export function sizeOf({ clientWidth: width, clientHeight: height }: HTMLElement): Size | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}
