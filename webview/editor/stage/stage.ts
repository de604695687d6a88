/** All panes, and the viewport, probe and swipe that they share. */

import type { Size } from '../../../src/core/geometry';
import type { HeatStyle } from '../../../src/core/style';
import { h } from '../../dom';
import type { Heat } from '../heat/heat';
import type { Painter } from '../heat/painter';
import { listenToPointer } from './gestures';
import { createPane, type Pane, type PaneContent, type PaneEvents } from './pane';
import {
  columnsFor,
  type Extent,
  FIT,
  type Point,
  panBy,
  place,
  STEP,
  toImage,
  type Viewport,
  zoomBy,
} from './viewport';

export interface Scene {
  /** By pane: '0', '1', 'difference'. */
  readonly panes: ReadonlyMap<string, PaneContent>;
  readonly source: string | undefined;
  /** Undefined while it is not known. */
  readonly image: Size | undefined;
  readonly style: HeatStyle;
  /** The image alone. */
  readonly original: boolean;
}

export interface StageEvents {
  /** `scale` is undefined while there is no image. */
  viewport(viewport: Viewport, scale: number | undefined): void;
  /** A pixel of the image is pointed at, or none. `byKey`: it is to be spoken. */
  probe(at: Point | undefined, byKey: boolean): void;
  /** Another slot has the focus: what is exported and told is of that one. */
  focused(slot: number): void;
  pictureLoaded: PaneEvents['pictureLoaded'];
  pictureFailed: PaneEvents['pictureFailed'];
}

/** In pixels of the screen. */
const PROBE_STEP = 8;

const HELP =
  'Arrow keys move the image, plus and minus zoom, 0 fits it, 1 shows its actual size. Hold Space to see the image ' +
  'without heat. Shift with arrow keys reads values, M reads the strongest one.';
const HELP_SEVERAL = 'Tab moves between the images, Enter enlarges one.';

export function createStage(initial: Viewport | undefined, paint: Painter, events: StageEvents) {
  const grid = h('div', { class: 'grid' });
  const root = h(
    'div',
    { class: 'stage', tabindex: 0, role: 'application', 'aria-label': 'Image', 'data-testid': 'stage' },
    grid,
  );
  const panes = new Map<string, Pane>();
  let viewport = initial ?? FIT;
  let columns = 1;
  let scene: Scene | undefined;
  let probe: Point | undefined;
  let probeByKey = false;
  /** The view that is pointed at. */
  let hovered: HTMLElement | undefined;
  let focused = '0';
  /** Only the pane in focus is seen. */
  let enlarged = false;
  /** Where the heat starts, as a fraction of a view's width; undefined when it is shown whole. */
  let swipe: number | undefined;

  /** Undefined while nothing can be placed. */
  function extent(): Extent | undefined {
    const view = (enlarged ? panes.get(focused) : panes.values().next().value)?.view;
    if (!scene?.image || !view?.clientWidth || !view.clientHeight) return undefined;
    return { image: scene.image, pane: { width: view.clientWidth, height: view.clientHeight } };
  }
  const centreOf = ({ pane }: Extent): Point => ({ x: pane.width / 2, y: pane.height / 2 });

  function arrange(): void {
    const box = { width: grid.clientWidth, height: grid.clientHeight };
    columns = columnsFor(enlarged ? 1 : panes.size || 1, scene?.image ?? box, box);
    grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    const now = extent();
    const placement = now && place(viewport, now);
    if (placement) {
      for (const pane of panes.values()) pane.place(placement, now.image, swipe);
      root.classList.toggle('pannable', placement.left < 0 || placement.top < 0);
    }
    mark();
    events.viewport(viewport, placement?.scale);
  }

  /** Rings show the probe where no pointer does: in all panes when keys move it, else in the others. */
  function mark(): void {
    const now = extent();
    if (!now) return;
    const placement = place(viewport, now);
    for (const pane of panes.values())
      pane.mark(probeByKey || (hovered && pane.view !== hovered) ? probe : undefined, placement);
  }

  function setViewport(next: Viewport): void {
    viewport = next;
    arrange();
  }

  function setSwipe(position: number | undefined): void {
    swipe = position;
    arrange();
  }

  function setProbe(at: Point | undefined, byKey: boolean): void {
    probe = at;
    probeByKey = byKey && at !== undefined;
    mark();
    events.probe(at, byKey);
  }

  const moves = {
    pan(dx: number, dy: number) {
      const now = extent();
      if (now) setViewport(panBy(viewport, dx, dy, now));
    },
    /** Without a point the centre stays. */
    zoom(factor: number, at?: Point) {
      const now = extent();
      if (now) setViewport(zoomBy(viewport, factor, at ?? centreOf(now), now));
    },
    actual(at?: Point) {
      const now = extent();
      if (now) moves.zoom(1 / place(viewport, now).scale, at);
    },
    toggleZoom(at: Point) {
      if (viewport.zoom === 'fit') moves.actual(at);
      else setViewport(FIT);
    },
    hover(at: Point | undefined, view?: HTMLElement) {
      hovered = view;
      const now = extent();
      const point = at && now && toImage(place(viewport, now), at);
      setProbe(point && inside(point, now.image) ? floor(point) : undefined, false);
    },
  };
  listenToPointer(root, (target) => (target as Element | null)?.closest?.<HTMLElement>('.view') ?? undefined, moves);
  new ResizeObserver(arrange).observe(root);

  function focus(id: string): void {
    const before = focused;
    focused = panes.has(id) ? id : '0';
    const several = panes.size > 1;
    enlarged &&= several;
    for (const [other, pane] of panes) {
      pane.rank(several, other === focused, enlarged);
      pane.root.hidden = enlarged && other !== focused;
    }
    if (focused !== before) events.focused(focusedSlot());
  }
  function focusByTarget({ target }: Event): void {
    for (const [id, pane] of panes) if (pane.root.contains(target as Node)) focus(id);
  }
  root.addEventListener('focusin', focusByTarget);
  root.addEventListener('pointerdown', focusByTarget);

  /** The slot of the pane that had the focus last; the difference belongs to the first. */
  const focusedSlot = () => Number(focused) || 0;

  function enlarge(on: boolean): void {
    enlarged = on;
    focus(focused);
    void showPanes();
    arrange();
  }

  async function showPanes(): Promise<void> {
    if (!scene) return;
    const { panes: contents, source, image, style, original } = scene;
    const shown = [...contents].map(([id, content]) => {
      const pane = panes.get(id)!;
      pane.fade(original ? 0 : content.heat?.opaque ? 1 : style.opacity);
      return pane.show(content, source, image, style);
    });
    await Promise.all(shown);
  }

  return {
    root,
    /** @returns settles once all heat is there, or newer heat in its place */
    show(next: Scene): Promise<void> {
      scene = next;
      for (const [id, pane] of panes) {
        if (next.panes.has(id)) continue;
        pane.root.remove();
        panes.delete(id);
      }
      for (const id of next.panes.keys()) {
        const pane =
          panes.get(id) ?? createPane(id, paint, { ...events, swiped: setSwipe, enlarge: () => enlarge(!enlarged) });
        panes.set(id, pane);
        if (!pane.root.isConnected) grid.append(pane.root);
      }
      const several = panes.size > 1;
      root.classList.toggle('several', several);
      // Among several the panes take its place, one after the other.
      root.tabIndex = several ? -1 : 0;
      root.setAttribute('aria-description', several ? `${HELP} ${HELP_SEVERAL}` : HELP);
      focus(focused);
      const shown = showPanes();
      arrange();
      return shown;
    },
    focused: focusedSlot,
    /** As it was when the page was last shown; holds from the next `show` on. */
    focusOn(slot: number): void {
      focused = String(slot);
    },
    columns: () => columns,
    toggleEnlarged: () => enlarge(!enlarged),
    /** True if a pane was enlarged. */
    showAll(): boolean {
      const was = enlarged;
      if (was) enlarge(false);
      return was;
    },
    /** The values pointed at, by pane. */
    read(texts: ReadonlyMap<string, string>): void {
      for (const [id, pane] of panes) pane.read(texts.get(id) ?? '');
    },
    pixelAt: (at: Point) => scene?.image && panes.get('0')?.pixelAt(at, scene.image),
    pan: moves.pan,
    zoomIn: () => moves.zoom(STEP),
    zoomOut: () => moves.zoom(1 / STEP),
    fit: () => setViewport(FIT),
    actual: () => moves.actual(),
    /** Moves the probe by steps of the screen, at least one pixel of the image each. */
    probeBy(dx: number, dy: number) {
      const now = extent();
      if (!now) return;
      const placement = place(viewport, now);
      const step = Math.max(Math.round(PROBE_STEP / placement.scale), 1);
      const from = probe ?? floor(toImage(placement, centreOf(now)));
      const clamp = (value: number, length: number) => Math.min(Math.max(value, 0), length - 1);
      const { width, height } = now.image;
      setProbe({ x: clamp(from.x + dx * step, width), y: clamp(from.y + dy * step, height) }, true);
    },
    probePeak(heat: Heat) {
      setProbe(heat.peak(), true);
    },
    /** Turns the comparison with the original on or off; true if it is on now. */
    toggleSwipe(): boolean {
      setSwipe(swipe === undefined ? 0.5 : undefined);
      return swipe !== undefined;
    },
    clearProbe: () => setProbe(undefined, false),
  };
}

const floor = ({ x, y }: Point): Point => ({ x: Math.floor(x), y: Math.floor(y) });

const inside = ({ x, y }: Point, { width, height }: Size) => x >= 0 && y >= 0 && x < width && y < height;
