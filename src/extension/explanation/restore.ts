/** What the several-images panel keeps over a reload of the window. Pure. */

/** The page keeps this text in its state under `restore`. */
export function restoreText(images: readonly string[]): string {
  return JSON.stringify({ images });
}

/** The images of a saved state; none when the state is of another version or damaged. */
export function readRestored(state: unknown): string[] {
  const text = memberOf(state, 'restore');
  if (typeof text !== 'string') return [];
  const images = memberOf(parse(text), 'images');
  return Array.isArray(images) ? images.filter((image) => typeof image === 'string') : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not what restoreText wrote, so there is nothing to restore.
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
