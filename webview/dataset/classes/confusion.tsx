/** The confusion matrix: a row for each true class, a column for each predicted one. A click shows a cell's images. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { printQuery } from '../../../src/core/query/print';
import type { ClassesInfo } from '../../../src/protocol/dataset';
import { renderNow } from '../../mount';
import { onTheme } from '../grid/look';
import type { DatasetPage } from '../model';
import { cellQuery } from '../query/edit';
import { shortLabel, whole } from '../texts';
import { type Cell, type Matrix, matrixOf, mostConfused, pixelsOf } from './matrix';
import { rgbOf } from './rgb';

/** Side of the picture in pixels of CSS: as wide as there is room. */
const [SMALLEST, LARGEST] = [160, 600];
const BORDERS = 2;
/** Classes whose names fit beside their rows and columns, and the room for the names of rows. */
const MOST_NAMED = 20;
const NAMES_WIDTH = 92;
/** Cells on a side from which on one can't be told from its neighbours. */
const LOUPE_FROM = 85;
/** Cells of the loupe, which shows the surroundings of a cell that is too small to be seen. */
const LOUPE = 15;
const LOUPE_SIDE = 150;
const LOUPE_ROOM = LOUPE_SIDE + 16;
const PAIRS = 10;
const CURSOR_ID = 'confusion-cursor';

export function Confusion({ page, classes }: { readonly page: DatasetPage; readonly classes: ClassesInfo }) {
  const { store, actions } = page;
  const names = store.categories.value;
  const { value: version } = store.version;
  const matrix = useMemo(() => matrixOf(classes, names.length, version?.classes ?? []), [classes, names, version?.id]);
  const cursor = useSignal<Cell>({ row: 0, column: 0 });
  const canvas = useRef<HTMLCanvasElement>(null);
  const loupe = useRef<HTMLCanvasElement>(null);
  const theme = useSignal(0);
  const { row, column } = cursor.value;
  const most = Math.max(matrix.rows, matrix.columns);
  const needsLoupe = most >= LOUPE_FROM;
  const isNamed = most <= MOST_NAMED;
  const room = useRef<HTMLElement>(null);
  const width = useSignal(0);
  const taken = BORDERS + (isNamed ? NAMES_WIDTH : 0) + (needsLoupe ? LOUPE_ROOM : 0);
  const side = Math.min(Math.max(Math.floor(width.value) - taken, SMALLEST), LARGEST);

  useLayoutEffect(() => {
    const sizes = new ResizeObserver(([entry]) => {
      width.value = entry!.contentRect.width;
      // Before the change becomes visible.
      renderNow();
    });
    if (room.current) sizes.observe(room.current);
    return () => sizes.disconnect();
  }, [matrix.rows === 0 || matrix.columns === 0]);
  useLayoutEffect(
    () =>
      onTheme(() => {
        theme.value += 1;
      }),
    [],
  );
  useLayoutEffect(() => {
    const whole = { row: 0, column: 0, rows: matrix.rows, columns: matrix.columns };
    if (canvas.current) paint(canvas.current, side, matrix, whole);
  }, [matrix, theme.value, side]);
  useLayoutEffect(() => {
    if (!needsLoupe || !loupe.current) return;
    const half = Math.floor(LOUPE / 2);
    paint(loupe.current, LOUPE_SIDE, matrix, { row: row - half, column: column - half, rows: LOUPE, columns: LOUPE });
  }, [matrix, theme.value, cursor.value, needsLoupe]);

  const truthOf = (cell: Cell) => names[cell.row] ?? '';
  const predictedOf = (cell: Cell) => version?.labels[classes.confusion.columns[cell.column]!] ?? '';
  const textOf = (cell: Cell) => {
    const count = matrix.counts[cell.row * matrix.columns + cell.column] ?? 0;
    const total = matrix.totals[cell.row] ?? 0;
    const share = total > 0 ? ` (${((100 * count) / total).toFixed(1)} %)` : '';
    return `true: ${truthOf(cell) || 'no class'}, predicted: ${predictedOf(cell)}: ${whole(count)} of ${whole(total)}${share}`;
  };
  const show = (cell: Cell) => actions.find(printQuery(cellQuery(truthOf(cell), predictedOf(cell))));
  const moveTo = (to: Cell) => {
    const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);
    cursor.value = { row: clamp(to.row, matrix.rows), column: clamp(to.column, matrix.columns) };
  };
  const cellAt = (event: MouseEvent): Cell => {
    const { offsetX, offsetY } = event;
    return {
      row: Math.min(Math.floor((offsetY / side) * matrix.rows), matrix.rows - 1),
      column: Math.min(Math.floor((offsetX / side) * matrix.columns), matrix.columns - 1),
    };
  };
  /** From where the cursor is now: several keys may come before the page is rendered again. */
  const moveBy = (rows: number, columns: number) => {
    const from = cursor.peek();
    moveTo({ row: from.row + rows, column: from.column + columns });
  };
  const tenth = Math.max(Math.round(matrix.rows / 10), 1);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => moveBy(1, 0),
    ArrowUp: () => moveBy(-1, 0),
    ArrowRight: () => moveBy(0, 1),
    ArrowLeft: () => moveBy(0, -1),
    PageDown: () => moveBy(tenth, 0),
    PageUp: () => moveBy(-tenth, 0),
    Home: () => moveBy(0, -matrix.columns),
    End: () => moveBy(0, matrix.columns),
    Enter: () => show(cursor.peek()),
    ' ': () => show(cursor.peek()),
  };
  if (matrix.rows === 0 || matrix.columns === 0) return null;
  const [cellWidth, cellHeight] = [side / matrix.columns, side / matrix.rows];
  return (
    <section class="confusion" aria-label="Confusion matrix" ref={room}>
      <h2>Confusions</h2>
      <p class="faint" data-testid="confusion-legend">
        Rows are true classes, columns predicted ones; strength is the share of the row.{' '}
        <span class="swatch-cell right" /> right, along the diagonal; <span class="swatch-cell wrong" /> wrong.
      </p>
      <p class="confusion-text" aria-hidden="true" data-testid="confusion-text">
        {textOf(cursor.value)}
      </p>
      <div class="confusion-main">
        <div class={isNamed ? 'confusion-frame named' : 'confusion-frame'}>
          {isNamed && (
            <>
              <Names
                axis="columns"
                count={matrix.columns}
                now={column}
                nameOf={(i) => predictedOf({ row: 0, column: i })}
              />
              <Names
                axis="rows"
                count={matrix.rows}
                now={row}
                nameOf={(i) => truthOf({ row: i, column: 0 }) || 'no class'}
              />
            </>
          )}
          <div
            class="confusion-area"
            role="listbox"
            tabIndex={0}
            aria-label={`Confusion matrix of ${whole(names.length)} classes. Arrows move, Enter shows the images.`}
            aria-activedescendant={CURSOR_ID}
            style={{ width: `${side}px`, height: `${side}px` }}
            data-testid="confusion"
            onPointerMove={(event) => moveTo(cellAt(event))}
            onClick={(event) => show(cellAt(event))}
            onKeyDown={(event) => {
              const act = keys[event.key];
              if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
              event.preventDefault();
              act();
            }}
          >
            <canvas ref={canvas} data-testid="confusion-canvas" />
            <div
              id={CURSOR_ID}
              class="confusion-cursor"
              role="option"
              aria-selected="true"
              aria-label={textOf(cursor.value)}
              style={{
                left: `${column * cellWidth}px`,
                top: `${row * cellHeight}px`,
                width: `${Math.max(cellWidth, 5)}px`,
                height: `${Math.max(cellHeight, 5)}px`,
              }}
            />
          </div>
        </div>
        <div class="confusion-beside">
          {needsLoupe && (
            <div class="loupe" aria-hidden="true">
              <canvas ref={loupe} />
              <div class="loupe-mark" />
            </div>
          )}
          <h3>Most confused</h3>
          <ol>
            {mostConfused(matrix, PAIRS).map((cell) => (
              <li key={`${cell.row} ${cell.column}`}>
                <button
                  type="button"
                  class="link"
                  title={textOf(cell)}
                  data-testid={`pair-${cell.row}-${cell.column}`}
                  onClick={() => show(cell)}
                >
                  {`${truthOf(cell) || 'no class'} → ${predictedOf(cell)}`}
                </button>
                <span class="faint">{whole(cell.count)}</span>
              </li>
            ))}
          </ol>
        </div>
      </div>
    </section>
  );
}

interface NamesProps {
  readonly axis: 'rows' | 'columns';
  readonly count: number;
  /** The one of the cursor's cell. */
  readonly now: number;
  readonly nameOf: (index: number) => string;
}

/** Names of classes along a side of the matrix. The cells tell theirs themselves where the page is spoken. */
function Names({ axis, count, now, nameOf }: NamesProps) {
  return (
    <div class={`confusion-names ${axis}`} aria-hidden="true" data-testid={`confusion-${axis}`}>
      {Array.from({ length: count }, (_, i) => (
        <span key={i} class={i === now ? 'now' : ''} title={nameOf(i)}>
          {shortLabel(nameOf(i))}
        </span>
      ))}
    </div>
  );
}

function paint(
  canvas: HTMLCanvasElement,
  side: number,
  matrix: Matrix,
  part: { readonly row: number; readonly column: number; readonly rows: number; readonly columns: number },
): void {
  const pixels = Math.round(side * devicePixelRatio);
  Object.assign(canvas, { width: pixels, height: pixels });
  const style = getComputedStyle(canvas);
  const colors = { right: rgbOf(style.getPropertyValue('--right')), wrong: rgbOf(style.getPropertyValue('--wrong')) };
  const picture = new ImageData(pixelsOf(matrix, part, pixels, pixels, colors), pixels, pixels);
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
}
