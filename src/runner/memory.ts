/** The memory of a process that handles a million images for a long time. */
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap near what is alive in it. V8 doubles the heap of young objects whenever as much as it holds has survived in
 * all, which ends at 128 MB in a process that lists a million images, and lets the heap of old ones grow by half and more
 * between two collections; both at other moments in each run. The price is more collections.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
}
