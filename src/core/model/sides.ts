/** No network takes larger images, and a mistyped size should not allocate gigabytes. */
const MAX_SIDE = 4096;
export const SIDE_WANTED = `a whole number from 1 to ${MAX_SIDE}`;

/** Whether an image may be so wide or high, whoever says it: the sidecar, another file, or the graph. */
export function isSide(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SIDE;
}
