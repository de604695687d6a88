/** All panes, and the viewport, probe and swipe that they share. */
import type { HeatStyle, Size } from '../../src/protocol/webview';
import { h } from '../dom';
import { listenToPointer } from './gestures';
import type { Heat } from './heat';
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
  pictureLoaded: PaneEvents['pictureLoaded'];
  pictureFailed: PaneEvents['pictureFailed'];
}

/** In pixels of the screen. */
const PROBE_STEP = 8;

const HELP =
  'Arrow keys move the image, plus and minus zoom, 0 fits it, 1 shows its actual size. Hold Space to see the image ' +
  'without heat. Shift with arrow keys reads values, M reads the strongest one.';

export function createStage(initial: Viewport | undefined, events: StageEvents) {
  const grid = h('div', { class: 'grid' });
  const root = h(
    'div',
    { class: 'stage', tabindex: 0, role: 'application', 'aria-label': 'Image', 'data-testid': 'stage' },
    grid,
  );
  root.setAttribute('aria-description', HELP);
  const panes = new Map<string, Pane>();
  let viewport = initial ?? FIT;
  let scene: Scene | undefined;
  let probe: Point | undefined;
  let probeByKey = false;
  /** Where the heat starts, as a fraction of a view's width; undefined when it is shown whole. */
  let swipe: number | undefined;

  /** Undefined while nothing can be placed. */
  function extent(): Extent | undefined {
    const view = panes.values().next().value?.view;
    if (!scene?.image || !view?.clientWidth || !view.clientHeight) return undefined;
    return { image: scene.image, pane: { width: view.clientWidth, height: view.clientHeight } };
  }
  const centreOf = ({ pane }: Extent): Point => ({ x: pane.width / 2, y: pane.height / 2 });

  function arrange(): void {
    const box = { width: grid.clientWidth, height: grid.clientHeight };
    const columns = columnsFor(panes.size || 1, scene?.image ?? box, box);
    grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    const now = extent();
    const placement = now && place(viewport, now);
    if (placement) {
      const mark = probeByKey ? probe : undefined;
      for (const pane of panes.values()) pane.place(placement, now.image, swipe, mark);
      root.classList.toggle('pannable', placement.left < 0 || placement.top < 0);
    }
    events.viewport(viewport, placement?.scale);
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
    const marked = byKey && at !== undefined;
    if (marked || probeByKey) {
      probeByKey = marked;
      arrange();
    }
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
    hover(at: Point | undefined) {
      const now = extent();
      const point = at && now && toImage(place(viewport, now), at);
      setProbe(point && inside(point, now.image) ? floor(point) : undefined, false);
    },
  };
  listenToPointer(root, (target) => (target as Element | null)?.closest?.<HTMLElement>('.view') ?? undefined, moves);
  new ResizeObserver(arrange).observe(root);

  let focused = '0';
  function focus(id: string): void {
    focused = panes.has(id) ? id : '0';
    for (const [other, pane] of panes) pane.root.classList.toggle('focused', other === focused);
  }
  root.addEventListener('pointerdown', (event) => {
    for (const [id, pane] of panes) if (pane.root.contains(event.target as Node)) focus(id);
  });

  return {
    root,
    show(next: Scene): void {
      scene = next;
      for (const [id, pane] of panes) {
        if (next.panes.has(id)) continue;
        pane.root.remove();
        panes.delete(id);
      }
      for (const [id, content] of next.panes) {
        const pane = panes.get(id) ?? createPane(id, { ...events, swiped: setSwipe });
        panes.set(id, pane);
        if (!pane.root.isConnected) grid.append(pane.root);
        pane.show(content, next.source, next.image, next.style);
        pane.fade(next.original ? 0 : next.style.opacity);
      }
      root.classList.toggle('several', panes.size > 1);
      focus(focused);
      arrange();
    },
    /** The slot of the pane that was clicked last; the difference belongs to the first. */
    focused: () => Number(focused) || 0,
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
