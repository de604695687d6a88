/** All panes, and the viewport, probe and swipe that they share. */
import type { HeatStyle, Size } from '../../src/protocol/webview';
import { h } from '../dom';
import { listenToPointer } from './gestures';
import type { Heat } from './heat';
import { createPane, type Pane, type PaneContent } from './pane';
import { columnsFor, FIT, PIXELATED, type Point, panBy, place, STEP, toImage, type Viewport, zoomBy } from './viewport';

export interface Scene {
  /** By pane: '0', '1', 'difference'. */
  readonly panes: ReadonlyMap<string, PaneContent>;
  readonly source: string | undefined;
  readonly image: Size;
  readonly style: HeatStyle;
  /** The image alone. */
  readonly original: boolean;
}

export interface StageEvents {
  viewport(viewport: Viewport, scale: number): void;
  /** A pixel of the image is pointed at, or none. `byKey`: it is to be spoken. */
  probe(at: Point | undefined, byKey: boolean): void;
  pictureError(): void;
}

export type Stage = ReturnType<typeof createStage>;

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

  const paneSize = (): Size => {
    const view = panes.values().next().value?.view;
    return { width: view?.clientWidth ?? 0, height: view?.clientHeight ?? 0 };
  };
  const centre = (): Point => {
    const { width, height } = paneSize();
    return { x: width / 2, y: height / 2 };
  };

  function arrange(): void {
    if (!scene) return;
    const box = { width: grid.clientWidth, height: grid.clientHeight };
    grid.style.gridTemplateColumns = `repeat(${columnsFor(panes.size || 1, scene.image, box)}, minmax(0, 1fr))`;
    const size = paneSize();
    if (!size.width || !size.height) return;
    const placement = place(viewport, scene.image, size);
    const mark = probeByKey ? probe : undefined;
    for (const pane of panes.values()) pane.place(placement, scene.image, swipe, mark);
    root.classList.toggle('pannable', placement.left < 0 || placement.top < 0);
    root.classList.toggle('pixelated', placement.scale >= PIXELATED);
    events.viewport(viewport, placement.scale);
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
      if (scene) setViewport(panBy(viewport, dx, dy, scene.image, paneSize()));
    },
    zoom(factor: number, at: Point) {
      if (scene) setViewport(zoomBy(viewport, factor, scene.image, paneSize(), at));
    },
    toggleZoom(at: Point) {
      if (!scene) return;
      const { scale } = place(viewport, scene.image, paneSize());
      if (viewport.zoom === 'fit') moves.zoom(1 / scale, at);
      else setViewport(FIT);
    },
    hover(at: Point | undefined) {
      if (!scene) return;
      const point = at && toImage(place(viewport, scene.image, paneSize()), at);
      setProbe(point && inside(point, scene.image) ? floor(point) : undefined, false);
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
        const pane = panes.get(id) ?? createPane(id, { pictureError: events.pictureError, swiped: setSwipe });
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
    zoomIn: () => moves.zoom(STEP, centre()),
    zoomOut: () => moves.zoom(1 / STEP, centre()),
    fit: () => setViewport(FIT),
    actual: () => {
      if (scene) moves.zoom(1 / place(viewport, scene.image, paneSize()).scale, centre());
    },
    /** Moves the probe by steps of the screen, at least one pixel of the image each. */
    probeBy(dx: number, dy: number) {
      if (!scene) return;
      const placement = place(viewport, scene.image, paneSize());
      const step = Math.max(Math.round(8 / placement.scale), 1);
      const from = probe ?? floor(toImage(placement, centre()));
      const clamp = (value: number, length: number) => Math.min(Math.max(value, 0), length - 1);
      const { width, height } = scene.image;
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
