/** The state that all panes share: the viewport, the probed pixel, the divider, and the focus. */
import { batch, computed, signal } from '@preact/signals';
import type { Size } from '../../../src/core/geometry';
import type { FromEditor } from '../../../src/protocol/webview';
import type { Saving } from '../saving';
import type { Store } from '../store';
import { pixelOf } from './pictures';
import { pixelText, readings, readingsText } from './readings';
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

/** Step of the probe in pixels of the screen. */
const PROBE_STEP = 8;

export type View = ReturnType<typeof createView>;

export function createView(store: Store, { keep, keepSoon }: Saving, post: (message: FromEditor) => void) {
  /**
   * Sizes of the last layout, in pixels of the screen: that of all panes together, and that of the part of a pane that
   * shows the image.
   */
  const room = signal<Size | undefined>(undefined);
  const paneView = signal<Size | undefined>(undefined);
  /** The probed pixel of the image. `byKey` is true if it was moved by keys. */
  const probe = signal<{ readonly at: Point; readonly byKey: boolean } | undefined>(undefined);
  /** The pane below the pointer. */
  const hovered = signal<string | undefined>(undefined);
  const isDragging = signal(false);

  const viewport = computed(() => store.saved.value.viewport ?? FIT);
  const columns = computed(() => {
    const count = store.isEnlarged.value ? 1 : store.panes.value.length;
    const { value: box } = room;
    return box && count > 1 ? columnsFor(count, store.size.value ?? box, box) : 1;
  });
  /** Undefined until the image can be placed. */
  const extent = computed((): Extent | undefined => {
    const [image, pane] = [store.size.value, paneView.value];
    return image && pane && { image, pane };
  });
  const placement = computed(() => extent.value && place(viewport.value, extent.value));

  const values = computed(() =>
    probe.value ? readings(probe.value.at, store.heats.value) : new Map<string, string>(),
  );
  const pixel = computed(() => {
    const [at, image, size] = [probe.value?.at, store.photograph.image.value, store.size.value];
    return at ? pixelText(at, image && size && pixelOf(image, at, size)) : '';
  });
  const allReadings = computed(() => {
    const all = values.value.size > 0 ? [readingsText(values.value, store.slots.value)] : [];
    return probe.value ? [pixel.value, ...all].join('  ·  ') : '';
  });

  const setViewport = (next: Viewport) => keepSoon({ viewport: next });

  function pan(dx: number, dy: number): void {
    if (extent.value) setViewport(panBy(viewport.value, dx, dy, extent.value));
  }
  /** Zooms around a point, by default the centre. */
  function zoom(factor: number, at?: Point): void {
    if (extent.value) setViewport(zoomBy(viewport.value, factor, at ?? centreOf(extent.value), extent.value));
  }
  function actual(at?: Point): void {
    if (placement.value) zoom(1 / placement.value.scale, at);
  }
  const showWhole = () => setViewport(FIT);

  function hover(at: Point | undefined, pane: string | undefined): void {
    const point = at && placement.value && toImage(placement.value, at);
    const isOver = point && store.size.value && inside(point, store.size.value);
    batch(() => {
      hovered.value = pane;
      probe.value = isOver ? { at: floor(point), byKey: false } : undefined;
    });
  }
  function probeByKey(at: Point): void {
    probe.value = { at, byKey: true };
    store.spoken.value = allReadings.value;
  }

  function focus(pane: string): void {
    if (pane === store.focusedPane.value) return;
    store.focusedPane.value = pane;
    post({ type: 'focused', slot: store.focusedSlot.value });
    keep({ focused: store.focusedSlot.value });
  }
  function enlarge(on: boolean): void {
    if (on !== store.isEnlarged.value) keep({ enlarged: on ? store.focusedPane.value : undefined });
  }

  return {
    room,
    paneView,
    columns,
    placement,
    isDragging,
    /** True if the image is larger than its pane. */
    isPannable: computed(() => placement.value !== undefined && (placement.value.left < 0 || placement.value.top < 0)),

    pan,
    zoom,
    actual,
    fit: showWhole,
    zoomIn: () => zoom(STEP),
    zoomOut: () => zoom(1 / STEP),
    toggleZoom: (at: Point) => (viewport.value.zoom === 'fit' ? actual(at) : showWhole()),
    drag(on: boolean): void {
      isDragging.value = on;
    },
    swipeTo: (position: number) => keepSoon({ swipe: Math.min(Math.max(position, 0), 1) }),

    focus,
    enlarge,
    toggleEnlarged: () => enlarge(!store.isEnlarged.value),

    hover,
    /** Moves the probe by steps of the screen, each at least one pixel of the image. */
    probeBy(dx: number, dy: number): void {
      if (!extent.value || !placement.value) return;
      const step = Math.max(Math.round(PROBE_STEP / placement.value.scale), 1);
      const from = probe.value?.at ?? floor(toImage(placement.value, centreOf(extent.value)));
      const clamp = (value: number, length: number) => Math.min(Math.max(value, 0), length - 1);
      const { width, height } = extent.value.image;
      probeByKey({ x: clamp(from.x + dx * step, width), y: clamp(from.y + dy * step, height) });
    },
    /** Moves the probe to the strongest value of the slot in focus. */
    probePeak(): void {
      const heat = store.heats.value.get(String(store.focusedSlot.value));
      if (heat) probeByKey(heat.peak());
    },
    clearProbe(): void {
      probe.value = undefined;
    },
    /**
     * The position of a pane's ring, relative to its view. Rings show the probe in panes without the pointer: in all
     * panes if keys moved it, otherwise in all except the one below the pointer.
     */
    ringIn(pane: string): Point | undefined {
      if (!probe.value || !placement.value) return undefined;
      const { at, byKey } = probe.value;
      if (!byKey && (hovered.value === undefined || hovered.value === pane)) return undefined;
      const { left, top, scale } = placement.value;
      return { x: left + (at.x + 0.5) * scale, y: top + (at.y + 0.5) * scale };
    },
    /** The value of each map at the probe, by pane. */
    values,
    /** The values at the probe. If there are several panes, each shows its own value beside its caption. */
    reading: computed(() => (store.isComparing.value ? pixel.value : allReadings.value)),
  };
}

const centreOf = ({ pane }: Extent): Point => ({ x: pane.width / 2, y: pane.height / 2 });

const floor = ({ x, y }: Point): Point => ({ x: Math.floor(x), y: Math.floor(y) });

const inside = ({ x, y }: Point, { width, height }: Size) => x >= 0 && y >= 0 && x < width && y < height;
