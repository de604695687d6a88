/**
 * Limits the rate of an action. The first call acts at once, repeated calls act at most once in the given time, and the
 * last call is never lost. Pure.
 */
export function throttled(act: () => void, milliseconds: number): { readonly run: () => void; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  const run = (): void => {
    isDue = timer !== undefined;
    if (isDue) return;
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (isDue) run();
    }, milliseconds);
  };
  return { run, dispose: () => clearTimeout(timer) };
}
