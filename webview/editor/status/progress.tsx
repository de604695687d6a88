interface ProgressProps {
  /** 0 to 1, or 'unknown'; undefined hides the bar. */
  readonly done: number | 'unknown' | undefined;
  /** Its accessible name; without one it is hidden from screen readers. */
  readonly label?: string;
  /** How far the work is, in words. */
  readonly text?: string | undefined;
}

/** A bar that fills, or moves while nobody knows how far the work is. */
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
