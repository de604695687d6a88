/** One image of the strip: its thumbnail, its name, and what has come of it. */
import type { StripItem } from '../../../src/protocol/webview';
import { h, icon } from '../../dom';

const STATES: Readonly<Record<StripItem['state'], { readonly icon: string; readonly text: string }>> = {
  waiting: { icon: 'circle-large', text: 'waiting' },
  working: { icon: 'loading', text: 'working' },
  done: { icon: 'check', text: 'done' },
  failed: { icon: 'error', text: 'failed' },
  cancelled: { icon: 'circle-slash', text: 'cancelled' },
};

export interface TileContent {
  /** It is the image in front. */
  readonly isActive: boolean;
  /** Keys act on it. */
  readonly isCursor: boolean;
  readonly count: number;
  /** An address, once the thumbnail is there. */
  readonly thumbnail: string | undefined;
}

export interface Tile {
  readonly root: HTMLElement;
  show(item: StripItem, content: TileContent): void;
}

export const tileId = (index: number): string => `tile-${index}`;

export function createTile(index: number, select: () => void): Tile {
  const image = h('img', { alt: '', draggable: 'false', hidden: true });
  const mark = h('span', { class: 'tile-state' });
  const name = h('span', { class: 'tile-name' });
  const root = h(
    'div',
    { class: 'tile', role: 'option', id: tileId(index), 'aria-posinset': index + 1, 'data-testid': `strip-${index}` },
    h('span', { class: 'tile-image' }, image, mark),
    name,
  );
  root.style.gridColumn = String(index + 1);
  root.addEventListener('click', select);
  let shown: StripItem | undefined;
  return {
    root,
    show(item, { isActive, isCursor, count, thumbnail }) {
      root.setAttribute('aria-selected', String(isActive));
      root.setAttribute('aria-setsize', String(count));
      root.classList.toggle('cursor', isCursor);
      image.hidden = thumbnail === undefined;
      if (thumbnail !== undefined && image.getAttribute('src') !== thumbnail) image.src = thumbnail;
      if (item === shown) return;
      if (item.state !== shown?.state) mark.replaceChildren(icon(STATES[item.state].icon));
      shown = item;
      name.textContent = item.name;
      root.title = item.name;
      root.dataset['state'] = item.state;
      root.setAttribute('aria-label', `${item.name}, ${STATES[item.state].text}`);
    },
  };
}
