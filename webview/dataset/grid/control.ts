/** What the grid shows of the list, and how it is moved: scrolling, the focus, the selection. */
import { computed, effect, signal } from '@preact/signals';
import type { Size } from '../../../src/core/geometry';
import type { Row } from '../../../src/protocol/dataset';
import { renderNow } from '../../mount';
import type { Store } from '../store';
import type { View } from './draw/tiles';
import { farthest, layoutOf, placeOf, positionAt, scaleOf, scrolledTo, seen } from './geometry';
import type { Glimpses, Rows } from './rows';
import * as ranges from './selection';

/** After so long without scrolling, names are placed and the host is told what is on screen. */
const REST_MS = 120;
/** While the list is scrolled by more than a screen with each frame, what is on screen is asked for this often. */
const GLIMPSE_MS = 100;

export type Motion = 'scrolling' | 'changing' | 'resting';

export type Control = ReturnType<typeof createControl>;

interface Parts {
  readonly store: Store;
  readonly rows: Rows;
  readonly draw: (view: View) => void;
  /** What is on screen, as far as it is there. */
  readonly want: (glimpses: Glimpses) => void;
  /** The scrolling rests on these rows. */
  readonly rested: (rows: readonly Row[]) => void;
}

export function createControl({ store, rows, draw, want, rested }: Parts) {
  const size = signal<Size>({ width: 0, height: 0 });
  const ratio = signal(globalThis.devicePixelRatio);
  const hasFocus = signal(false);
  const count = computed(() => store.list.value?.count ?? 0);
  const layout = computed(() => layoutOf(size.value, store.tile.value, count.value));
  /** Where the view begins in the list. It is more exact than the place of the scrolled element. */
  let top = 0;
  /** What the scrolled element was told last. */
  let told = 0;
  let element: HTMLElement | undefined;
  /** From here the selection extends. */
  let start = 0;
  let frame: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Called when the scrolling or another change begins, and when what is shown rests. */
  let onMotion: (motion: Motion) => void = () => {};
  let motion: Motion = 'changing';
  /** What the frame before has shown, and when something was asked for. */
  let passed: readonly [number, number] = [0, 0];
  let fetched = 0;

  const visible = () => seen(layout.peek(), size.peek(), top, count.peek());

  function rowsIn([from, to]: readonly [number, number]): Row[] {
    const found: Row[] = [];
    for (let position = from; position < to; position++) {
      const row = rows.at(position);
      if (row) found.push(row);
    }
    return found;
  }

  /** Once a frame of the screen: the view is drawn, and what it lacks is asked for. */
  function show(): void {
    frame = undefined;
    const shown = layout.peek();
    const view = size.peek();
    if (view.width === 0 || view.height === 0) return;
    top = Math.min(top, farthest(shown, view));
    const [from, to] = visible();
    draw({
      size: view,
      ratio: ratio.peek(),
      layout: shown,
      top,
      from,
      to,
      selected: ranges.within(store.selection.peek(), from, to),
      focus: hasFocus.peek() ? store.focus.peek() : undefined,
      heat: store.heat.peek(),
      style: store.style.peek(),
    });
    // What flies past unseen is not asked for, but for a glimpse of it now and then.
    const isFlying = from >= passed[1] || to <= passed[0];
    passed = [from, to];
    if (!isFlying || performance.now() - fetched > GLIMPSE_MS) fetchShown();
    clearTimeout(timer);
    timer = setTimeout(rest, REST_MS);
  }
  function fetchShown(): void {
    fetched = performance.now();
    const [from, to] = visible();
    rows.want(from, to);
    want(rows.glimpses(from, to));
  }
  function rest(): void {
    fetchShown();
    rows.rest();
    is('resting');
    rested(rowsIn(visible()));
  }
  function is(next: Motion): void {
    if (motion === next || (next === 'changing' && motion === 'scrolling')) return;
    motion = next;
    onMotion(next);
  }
  function update(): void {
    is('changing');
    if (frame === undefined) frame = requestAnimationFrame(show);
  }

  function moveTo(next: number): void {
    top = Math.min(Math.max(next, 0), farthest(layout.peek(), size.peek()));
    is('scrolling');
    place();
    update();
  }
  /** Brings the scrolled element to where the view is. */
  function place(): void {
    if (!element) return;
    told = top / scaleOf(layout.peek(), size.peek());
    element.scrollTop = told;
    told = Math.round(told);
  }
  function focusOn(position: number): void {
    if (count.peek() === 0) return;
    const next = Math.min(Math.max(position, 0), count.peek() - 1);
    store.focus.value = next;
    const to = scrolledTo(layout.peek(), size.peek(), top, next);
    if (to !== top) moveTo(to);
  }

  // Whatever is seen of the store is drawn with the next frame.
  effect(() => {
    void [layout.value, size.value, ratio.value, hasFocus.value, store.focus.value, store.selection.value];
    void [store.heat.value, store.style.value, store.list.value];
    update();
  });

  return {
    size,
    ratio,
    hasFocus,
    layout,
    update,
    attach(scroller: HTMLElement, moved: (motion: Motion) => void): void {
      element = scroller;
      onMotion = moved;
      place();
    },
    /** The height of the scrolled element has changed with the list or the size of tiles. */
    place,
    /** The browser has scrolled, by the user's hand or because the list is shorter. */
    scrolled(scrollTop: number): void {
      if (Math.abs(scrollTop - told) <= 1) return;
      told = scrollTop;
      top = scrollTop * scaleOf(layout.peek(), size.peek());
      is('scrolling');
      update();
    },
    /** A list too long for the browser is scrolled here, since its own steps would be too large. */
    wheel(delta: number): boolean {
      if (scaleOf(layout.peek(), size.peek()) <= 1.001) return false;
      moveTo(top + delta);
      return true;
    },
    shown: () => ({ layout: layout.peek(), top, visible: visible(), count: count.peek() }),
    rowAt: (position: number) => rows.at(position),
    positionAt: (x: number, y: number) => positionAt(layout.peek(), x, y + top, count.peek()),

    focusOn,
    /** Moves the focus by tiles; with `extend` the selection grows to it. */
    move(by: number, extend: boolean): void {
      const before = store.focus.peek();
      focusOn(before + by);
      if (extend) store.selection.value = ranges.between(start, store.focus.peek());
      else start = store.focus.peek();
    },
    /** Tiles that a page key moves. */
    page: () => {
      const { columns, down } = layout.peek();
      return columns * Math.max(Math.floor(size.peek().height / down), 1);
    },
    pick(position: number, how: 'only' | 'toggle' | 'extend'): void {
      focusOn(position);
      if (how === 'extend') store.selection.value = ranges.between(start, position);
      else {
        start = position;
        store.selection.value = how === 'only' ? ranges.NOTHING : ranges.toggle(store.selection.peek(), position);
      }
    },

    /** The row that stays where it is when the list is made anew. */
    anchor(): Row | undefined {
      const [from, to] = visible();
      const focus = store.focus.peek();
      const position = hasFocus.peek() && focus >= from && focus < to ? focus : from;
      return rows.at(position);
    },
    /** The anchor's position in the new list; undefined if it is not there. */
    moved(position: number | undefined): void {
      // The scrolled element must have the height of the new list.
      renderNow();
      if (position !== undefined && position > 0) {
        const [from, to] = visible();
        const focus = store.focus.peek();
        const before = hasFocus.peek() && focus >= from && focus < to ? focus : from;
        const offset = placeOf(layout.peek(), before).y - top;
        if (hasFocus.peek()) store.focus.value = position;
        moveTo(placeOf(layout.peek(), position).y - offset);
      } else {
        store.focus.value = Math.min(store.focus.peek(), Math.max(count.peek() - 1, 0));
        if (position === 0) moveTo(0);
        else update();
      }
    },
    isRoomLeft: () =>
      layout.peek().height <= size.peek().height || (top === 0 && !hasFocus.peek()) || count.peek() === 0,
  };
}
