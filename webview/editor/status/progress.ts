/** A bar that fills, or moves while nobody knows how far the work is. */

/** @param done 0 to 1, or 'unknown'; undefined hides the bar */
export function showProgress(bar: HTMLElement, done: number | 'unknown' | undefined): void {
  bar.hidden = done === undefined;
  bar.classList.toggle('endless', done === 'unknown');
  if (typeof done === 'number') bar.style.setProperty('--done', String(done));
}
