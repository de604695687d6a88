/** Calls a function now, and not again before an interval is over; the last of the calls meanwhile is made up for then. */

export interface Throttled {
  (): void;
  /** Calls it at once, whatever the interval. */
  now(): void;
  dispose(): void;
}

export function throttled(act: () => void, milliseconds: number): Throttled {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  function run(): void {
    isWanted = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      if (isWanted) run();
    }, milliseconds);
    act();
  }
  return Object.assign(
    () => {
      if (timer) isWanted = true;
      else run();
    },
    { now: run, dispose: () => clearTimeout(timer) },
  );
}
