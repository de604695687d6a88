/** Looks at a run file that another process holds: what it writes, and whether it has let go. */

/** Milliseconds between two looks. */
const OFTEN = 1000;
/** Of the time, a look takes at most one part in so many: reading a large file anew takes seconds. */
const RARELY = 20;

interface Other {
  /** Reads what was written. @returns whether something was */
  readonly refresh: () => boolean;
  readonly isHeld: () => boolean;
  readonly written: () => void;
  /** Called once; it is the last look. */
  readonly freed: () => void;
  /** A look has failed, which was the last then. */
  readonly failed: (thrown: unknown) => void;
}

/** @returns ends the looks */
export function lookAtOther({ refresh, isHeld, written, freed, failed }: Other): () => void {
  let timer = setTimeout(look, OFTEN);

  function look(): void {
    const begin = performance.now();
    try {
      if (refresh()) written();
      if (isHeld()) timer = setTimeout(look, Math.max(OFTEN, RARELY * (performance.now() - begin)));
      else freed();
    } catch (thrown) {
      failed(thrown);
    }
  }
  return () => clearTimeout(timer);
}
