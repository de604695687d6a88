/** Leaves Group-CAM's own pictures out of lists of images. */
import { exportsAmong } from '../files/mark';
import type { Terminal } from './terminal';

/** How many of them the message names. */
const SHOWN = 3;

/** Returns the entries whose image Group-CAM has not drawn, and reports the others. */
export async function withoutExports<T>(
  items: readonly T[],
  imageOf: (item: T) => string,
  terminal: Terminal,
): Promise<readonly T[]> {
  const drawn = await exportsAmong(items.map(imageOf));
  if (drawn.size === 0) return items;
  const names = [...drawn].slice(0, SHOWN).join(', ');
  const more = drawn.size > SHOWN ? ` and ${drawn.size - SHOWN} more` : '';
  terminal.say(`left out, since Group-CAM has drawn them: ${names}${more}`);
  return items.filter((item) => !drawn.has(imageOf(item)));
}
