interface ProgressProps {
  /** 0 to 1, or 'unknown'; undefined hides the bar. */
  readonly done: number | 'unknown' | undefined;
  /** The accessible name; without one, the bar is hidden from screen readers. */
  readonly label?: string;
  /** The progress in words. */
  readonly text?: string | undefined;
}

/** A bar that fills with the progress, or moves if the progress is unknown. */
export function Progress({ done, label, text }: ProgressProps) {
  const spoken = label === undefined ? { 'aria-hidden': true } : { role: 'progressbar' as const, 'aria-label': label };
  return (
    <div
      class={`progress${done === 'unknown' ? ' endless' : ''}`}
      hidden={done === undefined}
      {...(typeof done === 'number' && { style: { '--done': done }, 'aria-valuenow': Math.round(100 * done) })}
      {...(text !== undefined && { 'aria-valuetext': text })}
      {...spoken}
    />
  );
}
