/**
 * Elements over the drawn tiles, which screen readers read and tooltips hang from. They are placed when the scrolling
 * rests, and used again, so that scrolling costs nothing.
 */
import type { Layout } from './geometry';
import { placeOf } from './geometry';

/** The most that are placed, around the tile in focus. A screen reader reads on as the focus moves. */
const MOST = 120;

export interface Shown {
  readonly layout: Layout;
  readonly top: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly focus: number;
}

export const optionId = (position: number): string => `tile-${position}`;

/** @param texts what is known of a position, and whether it is selected */
export function createOptions(
  parent: HTMLElement,
  texts: (position: number) => { readonly name: string; readonly isSelected: boolean } | undefined,
) {
  const pool: HTMLElement[] = [];

  function elementAt(i: number): HTMLElement {
    let element = pool[i];
    if (!element) {
      element = document.createElement('div');
      element.className = 'tile';
      element.setAttribute('role', 'option');
      parent.append(element);
      pool.push(element);
    }
    return element;
  }

  return {
    place({ layout, top, from, to, count, focus }: Shown): void {
      const first = Math.max(from, Math.min(focus - MOST / 2, to - MOST));
      const last = Math.min(to, first + MOST);
      let used = 0;
      for (let position = first; position < last; position++) {
        const known = texts(position);
        if (!known) continue;
        const element = elementAt(used);
        used += 1;
        const { x, y } = placeOf(layout, position);
        const style = `transform:translate(${x}px,${y - top}px);width:${layout.side}px;height:${layout.side + layout.caption}px`;
        const attributes: Readonly<Record<string, string>> = {
          id: optionId(position),
          'data-testid': optionId(position),
          'aria-label': known.name,
          title: known.name,
          'aria-selected': String(known.isSelected),
          'aria-posinset': String(position + 1),
          'aria-setsize': String(count),
        };
        for (const [name, value] of Object.entries(attributes)) {
          if (element.getAttribute(name) !== value) element.setAttribute(name, value);
        }
        if (element.dataset['place'] !== style) {
          // An attribute of style would be refused by the page's policy.
          element.style.cssText = style;
          element.dataset['place'] = style;
        }
        element.hidden = false;
      }
      for (const element of pool.slice(used)) {
        element.hidden = true;
        element.removeAttribute('id');
      }
    },
  };
}
