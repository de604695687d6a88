/** When an estimate is due: after a time that a person would notice, and never so often that estimates take long themselves. */

/** Milliseconds after which a person waits for something to happen. */
const NOTICED = 500;
/** An estimate takes at most one part in so many of the time. */
const SHARE = 10;

export interface Due {
  /** Whether an estimate is due. If it is, one is made now. */
  isDue(): boolean;
  /** Called when an estimate was made and sent. */
  shown(): void;
}

/** @param now milliseconds; a clock of the test's own in tests */
export function createDue(now: () => number = () => performance.now()): Due {
  let shownAt = now();
  let begunAt: number | undefined;
  let cost = 0;
  return {
    isDue: () => {
      const at = now();
      if (at - shownAt < Math.max(NOTICED, SHARE * cost)) return false;
      begunAt = at;
      return true;
    },
    shown: () => {
      shownAt = now();
      if (begunAt !== undefined) cost = shownAt - begunAt;
      begunAt = undefined;
    },
  };
}
