/** What the several-images panel keeps over a reload of the window. Pure. */
import * as v from 'valibot';
import { fields, lenient, read } from '../../core/schema';

/** The page keeps this text in its state under `restore`. */
export function restoreText(images: readonly string[]): string {
  return JSON.stringify({ images });
}

const SAVED = fields({
  restore: v.pipe(v.string(), v.parseJson(), fields({ images: v.array(lenient(v.string())) })),
});

/** The images of a saved state; none when the state is of another version or damaged. */
export function readRestored(state: unknown): string[] {
  const found = read(SAVED, state);
  return 'value' in found ? found.value.restore.images.filter((image) => image !== undefined) : [];
}
