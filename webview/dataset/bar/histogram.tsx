/** One histogram: all rows behind, those of the query in front, each up to its own highest bin. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Histogram as Data } from '../../../src/protocol/dataset';
import type { Range } from '../query/edit';
import { numberText, whole } from '../texts';
import { barsOf, edge, edgesOf, rangeOfEdges } from './brush';

interface HistogramProps {
  readonly data: Data;
  readonly range: Range;
  readonly onBrush: (range: Range) => void;
}

export function Histogram({ data, range, onBrush }: HistogramProps) {
  const { name, lo, hi, counts, all, unknown } = data;
  const shape = { lo, hi, bins: counts.length };
  const area = useRef<HTMLDivElement>(null);
  /** Edges while they are dragged or moved by keys. */
  const dragged = useSignal<readonly [number, number] | undefined>(undefined);
  const start = useRef(0);
  const [from, to] = dragged.value ?? edgesOf(shape, range);
  const [first, last] = from < to ? [from, to] : [to, from];
  const isBrushed = first > 0 || last < shape.bins;
  const highest = Math.max(...counts);

  const edgeAt = (event: PointerEvent) => {
    const { left, width } = area.current!.getBoundingClientRect();
    return Math.min(Math.max(Math.round(((event.clientX - left) / width) * shape.bins), 0), shape.bins);
  };
  function finish(): void {
    const edges = dragged.peek();
    dragged.value = undefined;
    if (!edges) return;
    // A click without a drag takes the range off.
    onBrush(edges[0] === edges[1] ? {} : rangeOfEdges(shape, ...edges));
  }
  const handle = (which: 0 | 1, at: number) => (
    <div
      class="histogram-handle"
      role="slider"
      data-edge={which === 0 ? 'from' : 'to'}
      tabIndex={0}
      aria-label={`${which === 0 ? 'Least' : 'Most'} ${name}`}
      aria-valuemin={lo}
      aria-valuemax={hi}
      aria-valuenow={edge(shape, at)}
      style={{ left: `${(100 * at) / shape.bins}%` }}
      data-testid={`${name}-${which === 0 ? 'from' : 'to'}`}
      onKeyDown={(event) => {
        const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
        const by = steps[event.key];
        if (event.key === 'Enter') return finish();
        if (by === undefined) return;
        event.preventDefault();
        // The page may not have been rendered since the key before.
        const [low, high] = dragged.peek() ?? [first, last];
        const moved = Math.min(Math.max((which === 0 ? low : high) + by, 0), shape.bins);
        dragged.value = which === 0 ? [Math.min(moved, high - 1), high] : [low, Math.max(moved, low + 1)];
      }}
      onBlur={finish}
    />
  );
  return (
    <div class={isBrushed ? 'histogram brushed' : 'histogram'} data-testid={`histogram-${name}`}>
      <div class="histogram-head">
        <span class="histogram-name">{name}</span>
        <span class="faint">
          {isBrushed
            ? `${numberText(edge(shape, first))} to ${numberText(edge(shape, last))}`
            : unknown > 0
              ? `${whole(unknown)} unknown`
              : ''}
        </span>
      </div>
      <div
        ref={area}
        class="histogram-area"
        title={`${name}: highest bin ${whole(highest)} images. Drag to filter; a click takes the range off.`}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          area.current!.setPointerCapture(event.pointerId);
          // A handle moves its edge, and the other one stays.
          const grabbed = (event.target as HTMLElement).dataset['edge'];
          start.current = grabbed === 'from' ? last : grabbed === 'to' ? first : edgeAt(event);
          dragged.value = grabbed ? [first, last] : [start.current, start.current];
        }}
        onPointerMove={(event) => {
          if (area.current!.hasPointerCapture(event.pointerId)) dragged.value = [start.current, edgeAt(event)];
        }}
        onPointerUp={finish}
      >
        <svg viewBox={`0 0 ${shape.bins} 1`} preserveAspectRatio="none" aria-hidden="true">
          <path class="histogram-all" d={barsOf(all)} />
          <path class="histogram-found" d={barsOf(counts)} />
        </svg>
        {isBrushed && (
          <div
            class="histogram-brush"
            style={{ left: `${(100 * first) / shape.bins}%`, width: `${(100 * (last - first)) / shape.bins}%` }}
          />
        )}
        {handle(0, first)}
        {handle(1, last)}
      </div>
      <div class="histogram-ends faint">
        <span>{numberText(lo)}</span>
        <span>{numberText(hi)}</span>
      </div>
    </div>
  );
}
