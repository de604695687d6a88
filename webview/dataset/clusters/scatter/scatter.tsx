/**
 * The images of a class on a plane: near ones have similar heat. A lasso shows its images in the grid; by keys, clusters are
 * chosen in the legend.
 */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { printQuery } from '../../../../src/core/query/print';
import type { Corner } from '../../../../src/core/query/query';
import type { ClusterSet, Scatter } from '../../../../src/protocol/clusters';
import { newestOnly } from '../../../newest';
import { rgbOf } from '../../classes/rgb';
import { onTheme } from '../../grid/look';
import type { DatasetPage } from '../../model';
import { plural } from '../../texts';
import { lassoIn, lassoQuery } from '../queries';
import type { Thumbnails } from '../thumbnails';
import { Hover } from './hover';
import { polygonOf } from './lasso';
import { Legend } from './legend';
import { createNearest } from './nearest';
import { type Colors, drawPoints, type Frame, toPlane, toSquare } from './points';

/** Side of the plane and the space around it, in pixels of CSS. */
const FRAME: Frame = { side: 380, padding: 10 };
/** How far the pointer may be from a point, in pixels of CSS. */
const REACH = 10;
/** Corners of a lasso that is being drawn are at least so far from each other, in pixels of CSS. */
const STEP = 2;
const COLORS = 4;

interface ScatterProps {
  readonly page: DatasetPage;
  readonly set: ClusterSet;
  readonly thumbnails: Thumbnails;
}

export function ScatterPlot({ page, set, thumbnails }: ScatterProps) {
  const { store, ask, actions } = page;
  const scatter = useSignal<Scatter | undefined>(undefined);
  /** What the user draws, in the units of the plane. */
  const path = useSignal<readonly Corner[]>([]);
  /** The point under the pointer. */
  const pointed = useSignal<number | undefined>(undefined);
  /** Clusters that stand out. */
  const marked = useSignal<ReadonlySet<number>>(new Set());
  const theme = useSignal(0);
  const canvas = useRef<HTMLCanvasElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const { value: known } = scatter;

  const load = useRef(
    newestOnly(async (name: string) => {
      const version = store.versionId.peek();
      if (version === undefined) return;
      try {
        scatter.value = await ask('scatter', { version, set: name });
      } catch (thrown) {
        actions.failed(thrown);
      }
    }),
  );
  // Sets are asked for again when they have changed, and so are their images.
  useLayoutEffect(() => void load.current(set.name), [set]);
  useSignalEffect(() => {
    void store.info.value;
    // A lasso aims at the newest places.
    if (scatter.peek()?.layout === 'pca') void load.current(set.name);
  });
  useLayoutEffect(
    () =>
      onTheme(() => {
        theme.value += 1;
      }),
    [],
  );
  useSignalEffect(() => {
    void theme.value;
    if (scatter.value) paint(canvas.current!, scatter.value, marked.value);
  });
  const nearest = useMemo(() => known && createNearest(known.places), [known]);
  const kept = useComputed(() => lassoIn(store.parsed.value, set.name));

  const placeOf = ({ clientX, clientY }: PointerEvent): Corner => {
    const { left, top } = area.current!.getBoundingClientRect();
    return [toPlane(clientX - left, FRAME), toPlane(clientY - top, FRAME)];
  };
  function move(event: PointerEvent): void {
    const place = placeOf(event);
    const drawn = path.peek();
    if (drawn.length === 0) {
      pointed.value = nearest?.(place[0], place[1], REACH / (FRAME.side - 2 * FRAME.padding));
      return;
    }
    const [x, y] = drawn.at(-1)!;
    const distance = Math.hypot(place[0] - x, place[1] - y) * (FRAME.side - 2 * FRAME.padding);
    if (distance >= STEP) path.value = [...drawn, place];
  }
  function begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    area.current!.setPointerCapture(event.pointerId);
    path.value = [placeOf(event)];
  }
  function end(): void {
    const corners = path.peek();
    path.value = [];
    const polygon = corners.length > 2 ? polygonOf(corners) : undefined;
    if (polygon) {
      actions.find(lassoQuery(set.name, polygon));
      return;
    }
    const item = known?.items[pointed.peek() ?? -1];
    if (corners.length > 0 && item !== undefined) void showImage(item);
  }
  /** The grid with one image alone. */
  async function showImage(item: number): Promise<void> {
    const version = store.versionId.peek();
    if (version === undefined) return;
    try {
      const { row } = await ask('row', { version, item });
      actions.find(printQuery({ where: { kind: 'path', contains: true, text: row.path } }));
    } catch (thrown) {
      actions.failed(thrown);
    }
  }
  const shown = path.value.length > 0 ? path.value : (kept.value ?? []);
  const wrong = known?.correct.reduce((sum, value) => sum + Number(value === 0), 0) ?? 0;
  return (
    <>
      <h2>{`Images of ${set.name}`}</h2>
      <div
        ref={area}
        class="scatter"
        style={{ width: `${FRAME.side}px`, height: `${FRAME.side}px` }}
        data-testid="scatter"
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={() => {
          path.value = [];
        }}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={
            known
              ? `${plural(known.items.length, 'image')} of ${set.name} in ${plural(set.clusters.length, 'cluster')}, ${wrong} wrong; near ones have similar heat.`
              : 'Loading'
          }
          data-testid="scatter-canvas"
        />
        <svg aria-hidden="true" viewBox={`0 0 ${FRAME.side} ${FRAME.side}`}>
          {shown.length > 1 && (
            <polygon
              class="lasso"
              points={shown.map(([x, y]) => `${toSquare(x, FRAME)},${toSquare(y, FRAME)}`).join(' ')}
              data-testid="lasso"
            />
          )}
        </svg>
        {known && pointed.value !== undefined && path.value.length === 0 && (
          <Hover
            page={page}
            thumbnails={thumbnails}
            item={known.items[pointed.value]!}
            cluster={set.clusters[known.cluster[pointed.value]!]?.name}
            x={toSquare(known.places[2 * pointed.value]!, FRAME)}
            y={toSquare(known.places[2 * pointed.value + 1]!, FRAME)}
            side={FRAME.side}
          />
        )}
      </div>
      <Legend page={page} set={set} marked={marked} wrong={wrong} />
      <p class="faint scatter-note">
        {known?.layout === 'pca' ? 'By principal components; a better plane is being made. ' : ''}
        Near images have similar heat. Draw around some to see them in the grid; click one to see it alone.
      </p>
    </>
  );
}

function paint(canvas: HTMLCanvasElement, scatter: Scatter, marked: ReadonlySet<number>): void {
  const ratio = devicePixelRatio;
  const side = Math.round(FRAME.side * ratio);
  if (canvas.width !== side || canvas.height !== side) Object.assign(canvas, { width: side, height: side });
  const frame = { side, padding: FRAME.padding * ratio };
  const pixels = drawPoints(scatter, frame, ratio, colorsOf(canvas), marked);
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, side, side), 0, 0);
  canvas.dataset['layout'] = scatter.layout;
}

function colorsOf(element: HTMLElement): Colors {
  const style = getComputedStyle(element);
  const color = (name: string) => rgbOf(style.getPropertyValue(name));
  return {
    ground: color('--vscode-editor-background'),
    clusters: Array.from({ length: COLORS }, (_, k) => color(`--cluster-${k}`)),
    none: color('--vscode-descriptionForeground'),
  };
}
