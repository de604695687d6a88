/**
 * The largest side of an input, in pixels. No network takes larger images, and a mistyped size should not allocate
 * gigabytes.
 */
const MAX_SIDE = 4096;
export const SIDE_WANTED = `a whole number from 1 to ${MAX_SIDE}`;

/**
 * Whether a value is a valid width or height of an input. The same limit holds for the sidecar, other files and the
 * graph.
 */
export function isSide(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SIDE;
}
