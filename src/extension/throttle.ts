/** Does something at once, and while it is asked for again and again only so often; the last time is never left out. Pure. */
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
