/** Calls a function now, and not again before an interval is over; the last of the calls meanwhile is made up for then. */

export interface Throttled {
  (): void;
  stop(): void;
}

export function throttled(act: () => void, milliseconds: number): Throttled {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  function run(): void {
    isWanted = false;
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
    { stop: () => clearTimeout(timer) },
  );
}
