/** Changes of files that nobody has asked for yet. Pure. */

/** More names than this are not kept, since a folder of images may be written anew for hours. */
const MOST = 1000;

export interface Noticed {
  note(address: string): void;
  /** Whether a file may have changed. Once there were too many to keep, any may have, and looking again is no mistake. */
  has(address: string): boolean;
  clear(): void;
}

export function createNoticed(most = MOST): Noticed {
  const names = new Set<string>();
  let isFull = false;
  return {
    note(address) {
      if (names.has(address)) return;
      if (names.size < most) names.add(address);
      else isFull = true;
    },
    has: (address) => isFull || names.has(address),
    clear() {
      names.clear();
      isFull = false;
    },
  };
}
