/** Keys of tags. Pure. */
import type { TagInfo } from '../../../src/protocol/dataset';

/** Letters that the grid has for itself. */
const BOUND: ReadonlySet<string> = new Set(['h']);

export const isFree = (key: string, tags: readonly TagInfo[], of: string): boolean =>
  /^[a-z0-9]$/.test(key) && !BOUND.has(key) && !tags.some((tag) => tag.key === key && tag.name !== of);
