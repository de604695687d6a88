/** Thumbnails of several images; the arrow keys move between them. */
import type { Picture, StripItem } from '../../src/protocol/webview';
import { h, icon } from '../dom';
import { createPictures } from './pictures';

const STATES: Readonly<Record<StripItem['state'], { readonly icon: string; readonly text: string }>> = {
  waiting: { icon: 'circle-large', text: 'waiting' },
  working: { icon: 'loading', text: 'working' },
  done: { icon: 'check', text: 'done' },
  failed: { icon: 'error', text: 'failed' },
};

interface Tile {
  readonly root: HTMLButtonElement;
  show(item: StripItem, active: boolean): void;
}

export function createStrip(select: (index: number) => void) {
  const root = h('div', {
    class: 'strip',
    role: 'toolbar',
    'aria-label': 'Images',
    'data-testid': 'strip',
    hidden: true,
  });
  const tiles: Tile[] = [];
  let shownActive = -1;

  root.addEventListener('keydown', (event) => {
    const at = tiles.findIndex((tile) => tile.root === document.activeElement);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tiles.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    tiles[Math.min(Math.max(next, 0), tiles.length - 1)]?.root.focus();
  });

  return {
    root,
    show(items: readonly StripItem[], active: number): void {
      root.hidden = items.length < 2;
      for (const tile of tiles.splice(items.length)) tile.root.remove();
      items.forEach((item, i) => {
        tiles[i] ??= createTile(i, () => select(i));
        if (!tiles[i].root.isConnected) root.append(tiles[i].root);
        tiles[i].show(item, i === active);
      });
      if (active !== shownActive) tiles[active]?.root.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      shownActive = active;
    },
  };
}

function createTile(index: number, select: () => void): Tile {
  const image = h('img', { alt: '', draggable: 'false', hidden: true });
  const mark = h('span', { class: 'tile-state' });
  const name = h('span', { class: 'tile-name' });
  const root = h(
    'button',
    { class: 'tile', 'data-testid': `strip-${index}` },
    h('span', { class: 'tile-image' }, image, mark),
    name,
  );
  root.addEventListener('click', select);
  const pictures = createPictures();
  let shown: StripItem | undefined;
  return {
    root,
    show(item, active) {
      if (active) root.setAttribute('aria-current', 'true');
      else root.removeAttribute('aria-current');
      root.tabIndex = active ? 0 : -1;
      if (item === shown) return;
      if (item.state !== shown?.state) mark.replaceChildren(icon(STATES[item.state].icon));
      shown = item;
      showThumbnail(item.thumbnail);
      name.textContent = item.name;
      root.title = item.name;
      root.dataset['state'] = item.state;
      root.setAttribute('aria-label', `${item.name}, ${STATES[item.state].text}`);
    },
  };

  function showThumbnail(thumbnail: Picture | undefined): void {
    const source = pictures.sourceOf(thumbnail);
    image.hidden = !source;
    if (source && image.src !== source) image.src = source;
  }
}
