/** The state of a panel with several images that survives a reload of the window. Pure. */
import * as v from 'valibot';
import { fields, lenient, read } from '../../core/schema';

/** The text that the page saves under `restore`. */
export function restoreText(images: readonly string[]): string {
  return JSON.stringify({ images });
}

const SAVED = fields({
  restore: v.pipe(v.string(), v.parseJson(), fields({ images: v.array(lenient(v.string())) })),
});

/** The images of a saved state; empty if the state is damaged or from another version. */
export function readRestored(state: unknown): string[] {
  const found = read(SAVED, state);
  return 'value' in found ? found.value.restore.images.filter((image) => image !== undefined) : [];
}
