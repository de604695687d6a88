/**
 * Several images: how far the work on them is, and a list of tiles. Only the tiles on screen and next to it are elements;
 * the others are room to scroll. The keys are those of a listbox.
 */
import type { StripItem } from '../../../src/protocol/webview';
import { h } from '../../dom';
import { createQueueLine, type QueueEvents } from './queue-line';
import type { Thumbnails } from './thumbnails';
import { createTile, type Tile, tileId } from './tile';

export interface StripEvents extends QueueEvents {
  select(index: number): void;
}

/** Tiles beside those on screen, on either side. */
const BESIDE = 4;

export function createStrip(events: StripEvents, thumbnails: Thumbnails) {
  const room = h('div', { class: 'strip-room', role: 'presentation' });
  const list = h(
    'div',
    {
      class: 'strip-list',
      role: 'listbox',
      tabindex: 0,
      'aria-orientation': 'horizontal',
      'aria-label': 'Images',
      'data-testid': 'strip',
    },
    room,
  );
  const queue = createQueueLine(events, () => list.focus());
  const root = h('div', { class: 'strip', hidden: true }, queue.root, list);
  const tiles = new Map<number, Tile>();
  let items: readonly StripItem[] = [];
  let active = -1;
  /** The tile that keys act on. */
  let cursor = 0;

  const pitch = () => room.clientWidth / Math.max(items.length, 1);
  const clamp = (index: number) => Math.min(Math.max(index, 0), items.length - 1);

  /** From the first tile on screen to the last, and some on either side. */
  function range(): { from: number; to: number } {
    const width = pitch();
    if (!(width > 0)) return { from: 0, to: -1 };
    const [first, last] = [list.scrollLeft / width, (list.scrollLeft + list.clientWidth) / width];
    return { from: clamp(Math.floor(first) - BESIDE), to: clamp(Math.ceil(last) - 1 + BESIDE) };
  }

  function render(): void {
    const { from, to } = range();
    const isKept = (index: number) => (index >= from && index <= to) || index === cursor;
    for (const [index, tile] of tiles) {
      if (index < items.length && isKept(index)) continue;
      tile.root.remove();
      tiles.delete(index);
    }
    for (let index = from; index <= to; index++) showTile(index);
    if (items[cursor]) showTile(cursor);
    list.setAttribute('aria-activedescendant', tileId(cursor));
    thumbnails.want(from, to);
  }

  function showTile(index: number): void {
    let tile = tiles.get(index);
    if (!tile) {
      tile = createTile(index, () => select(index));
      tiles.set(index, tile);
      room.append(tile.root);
    }
    tile.show(items[index]!, {
      isActive: index === active,
      isCursor: index === cursor,
      count: items.length,
      thumbnail: thumbnails.sourceOf(index),
    });
  }

  function scrollTo(index: number): void {
    const width = pitch();
    const [left, right] = [index * width, (index + 1) * width];
    if (left < list.scrollLeft) list.scrollLeft = left;
    else if (right > list.scrollLeft + list.clientWidth) list.scrollLeft = right - list.clientWidth;
  }

  function moveTo(index: number): void {
    cursor = clamp(index);
    scrollTo(cursor);
    render();
  }

  function select(index: number): void {
    moveTo(index);
    events.select(index);
  }

  const page = () => Math.max(Math.floor(list.clientWidth / pitch()), 1);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => moveTo(cursor - 1),
    ArrowRight: () => moveTo(cursor + 1),
    PageUp: () => moveTo(cursor - page()),
    PageDown: () => moveTo(cursor + page()),
    Home: () => moveTo(0),
    End: () => moveTo(items.length - 1),
    Enter: () => select(cursor),
    ' ': () => select(cursor),
  };
  list.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  list.addEventListener('scroll', render, { passive: true });
  new ResizeObserver(() => {
    if (!root.hidden) render();
  }).observe(list);

  thumbnails.version.subscribe(() => {
    if (!root.hidden) render();
  });

  return {
    root,
    show(next: readonly StripItem[], nextActive: number): void {
      root.hidden = next.length < 2;
      if (root.hidden || (next === items && nextActive === active)) return;
      const isOther = nextActive !== active;
      items = next;
      active = nextActive;
      room.style.setProperty('--count', String(items.length));
      queue.show(items);
      if (isOther) moveTo(active);
      else render();
    },
  };
}
