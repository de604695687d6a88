/** Pointer, wheel and keys over the image, as moves of the viewport. */
import type { Point } from './viewport';

export interface Moves {
  pan(dx: number, dy: number): void;
  /** `at` is relative to the view under the pointer. */
  zoom(factor: number, at: Point): void;
  toggleZoom(at: Point): void;
  /** Called when dragging starts or ends. */
  drag(on: boolean): void;
  /** Called with the point of a pane's view below the pointer, if there is one. */
  hover(at: Point | undefined, pane: string | undefined): void;
}

/** Pixels of a line, since some browsers and systems report wheels in lines. */
const LINE = 16;
/**
 * How much a pixel of the wheel zooms, as a power of e. Chromium gives a page a pinch by the scale s as 100 ln s pixels
 * (touchpad_pinch_event_queue.cc), and a notch of a mouse as 100 to 120. With the whole exponent, 0.01, the image would follow
 * the fingers and a notch would zoom 2.7 to 3.3 times. With half of it, a notch zooms 1.6 to 1.8 times.
 */
const ZOOM_PER_PIXEL = 0.005;

const viewAt = (target: EventTarget | null) => (target as Element | null)?.closest?.<HTMLElement>('.view') ?? undefined;

/** The position of an event, relative to the view below it. */
function relative(event: MouseEvent): Point | undefined {
  const box = viewAt(event.target)?.getBoundingClientRect();
  return box && { x: event.clientX - box.left, y: event.clientY - box.top };
}

export function listenToPointer(stage: HTMLElement, moves: Moves): void {
  stage.addEventListener(
    'wheel',
    (event) => {
      const at = relative(event);
      if (!at) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      // A pinch on a touch pad arrives as a wheel with the control key.
      if (event.ctrlKey || event.metaKey) moves.zoom(Math.exp(-event.deltaY * unit * ZOOM_PER_PIXEL), at);
      else if (event.shiftKey && !event.deltaX) moves.pan(-event.deltaY * unit, 0);
      else moves.pan(-event.deltaX * unit, -event.deltaY * unit);
    },
    { passive: false },
  );

  let from: Point | undefined;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !relative(event)) return;
    from = { x: event.clientX, y: event.clientY };
  });
  stage.addEventListener('pointermove', (event) => {
    if (from) {
      // The pointer is captured only when a drag starts, since a captured double click would not reach its pane.
      stage.setPointerCapture(event.pointerId);
      moves.pan(event.clientX - from.x, event.clientY - from.y);
      from = { x: event.clientX, y: event.clientY };
      moves.drag(true);
      return;
    }
    moves.hover(relative(event), viewAt(event.target)?.dataset['pane']);
  });
  const release = () => {
    from = undefined;
    moves.drag(false);
  };
  stage.addEventListener('pointerup', release);
  stage.addEventListener('pointercancel', release);
  stage.addEventListener('pointerleave', () => moves.hover(undefined, undefined));
  stage.addEventListener('dblclick', (event) => {
    const at = relative(event);
    if (at) moves.toggleZoom(at);
  });
}

export interface Keys {
  pan(dx: number, dy: number): void;
  /** Moves the probe by so many steps. */
  probe(dx: number, dy: number): void;
  probePeak(): void;
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
  actual(): void;
  /** Called when the key is pressed and released. */
  original(held: boolean): void;
  /** Called when a pane is chosen among several. */
  enlarge(): void;
  escape(): void;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const PAN = 40;

/** Handles the keys of the page. Keys that controls use themselves act only if an image or nothing has the focus. */
export function listenToKeys(keys: Keys): void {
  const plain: Readonly<Record<string, () => void>> = {
    '+': keys.zoomIn,
    '=': keys.zoomIn,
    '-': keys.zoomOut,
    '0': keys.fit,
    '1': keys.actual,
    Escape: keys.escape,
    m: keys.probePeak,
    M: keys.probePeak,
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const active = document.activeElement;
    const onPane = active?.matches('.pane') ?? false;
    const onImage = onPane || active === document.body || (active?.matches('.stage') ?? false);
    const arrow = ARROWS[event.key];
    if (onImage && event.key === ' ') keys.original(true);
    else if (onPane && event.key === 'Enter') keys.enlarge();
    else if (onImage && arrow) event.shiftKey ? keys.probe(...arrow) : keys.pan(-PAN * arrow[0], -PAN * arrow[1]);
    else if (plain[event.key]) plain[event.key]!();
    else return;
    event.preventDefault();
  });
  document.addEventListener('keyup', (event) => {
    if (event.key === ' ') keys.original(false);
  });
  window.addEventListener('blur', () => keys.original(false));
}
