/** How fast work goes, and how long it will take. Pure: the caller tells the time. */

export interface Rate {
  /** Notes that so many images are done at this time, in milliseconds. */
  note(at: number, done: number): void;
  /** Images a second, over the last seconds; undefined until something was done. */
  perSecond(): number | undefined;
}

const WINDOW = 10_000;

export function createRate(): Rate {
  let notes: { readonly at: number; readonly done: number }[] = [];
  return {
    note(at, done) {
      notes.push({ at, done });
      // The last note before the window stays, as what was done since then is done within the window.
      const first = notes.findLastIndex((note) => note.at <= at - WINDOW);
      if (first > 0) notes = notes.slice(first);
    },
    perSecond() {
      const [first, last] = [notes[0], notes.at(-1)];
      if (!first || !last || last.at <= first.at || last.done <= first.done) return undefined;
      return (1000 * (last.done - first.done)) / (last.at - first.at);
    },
  };
}

/** Seconds until `remaining` images are done. */
export function secondsLeft(remaining: number, perSecond: number | undefined): number | undefined {
  return perSecond === undefined ? undefined : remaining / perSecond;
}
