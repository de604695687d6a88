/** How settings change the style of an open panel. Pure. */
import type { HeatStyle } from '../../core/style';

/**
 * The style after settings have changed. The user's own changes are kept, except for values that the settings change
 * now.
 */
export function restyled(style: HeatStyle, before: HeatStyle, after: HeatStyle): HeatStyle {
  const names = Object.keys(after) as (keyof HeatStyle)[];
  const changed = names.filter((name) => before[name] !== after[name]).map((name) => [name, after[name]]);
  return { ...style, ...Object.fromEntries(changed) };
}
