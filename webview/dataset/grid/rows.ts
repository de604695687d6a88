/** Rows of the list near what is on screen. Windows of them are asked for one after another, and far ones are dropped. */
import type { Row } from '../../../src/protocol/dataset';
import type { PackedRows } from '../../../src/protocol/packed/pack';
import { unpackRows } from '../../../src/protocol/packed/unpack';

/** Few enough that a message of them leaves the page time within a frame of the screen. */
export const WINDOW = 200;
/** The most windows that are kept beyond those on screen. */
const MOST = 8;

/** Rows as those see them who need no more than their pictures: two lists in the same order. */
export interface Glimpses {
  readonly items: readonly number[];
  /** A picture is another when its look is. */
  readonly looks: readonly number[];
}

interface Window {
  readonly packed: PackedRows;
  /** Made when one of them is looked at. */
  rows: readonly Row[] | undefined;
}

export type Rows = ReturnType<typeof createRows>;

/**
 * @param ask asks for rows of the list by their positions
 * @param arrived called with rows that are there now, from a position on
 * @param failed called if the rows can't be had
 */
export function createRows(
  ask: (list: number, from: number, count: number) => Promise<PackedRows>,
  arrived: (from: number, rows: PackedRows) => void,
  failed: (thrown: unknown) => void,
) {
  const windows = new Map<number, Window>();
  /** Windows whose rows have changed since they came. They are shown until the new ones are there. */
  const stale = new Set<number>();
  const refused = new Set<number>();
  let shown: { readonly list: number; readonly count: number } = { list: -1, count: 0 };
  let wanted: readonly [from: number, to: number] = [0, 0];
  /** Whether windows around those on screen are asked for, too. */
  let isResting = false;
  let isAsking = false;

  /** The first window that is missing on screen, then around it, or undefined. */
  function missing(): number | undefined {
    const [from, to] = wanted;
    const [first, last] = [Math.floor(from / WINDOW), Math.floor(Math.max(to - 1, from) / WINDOW)];
    const order = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    return [...order, ...(isResting ? [last + 1, first - 1] : [])].find(
      (at) => at >= 0 && at * WINDOW < shown.count && !refused.has(at) && (!windows.has(at) || stale.has(at)),
    );
  }

  function dropFar(): void {
    const middle = (wanted[0] + wanted[1]) / 2 / WINDOW;
    const far = [...windows.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    const most = MOST + Math.ceil((wanted[1] - wanted[0]) / WINDOW);
    for (const at of far.slice(0, Math.max(windows.size - most, 0))) windows.delete(at);
  }

  /** One at a time, so that what has left the screen meanwhile is not asked for. */
  async function work(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    for (let at = missing(); at !== undefined; at = missing()) {
      const { list, count } = shown;
      stale.delete(at);
      try {
        const rows = await ask(list, at * WINDOW, Math.min(WINDOW, count - at * WINDOW));
        if (list !== shown.list) continue;
        windows.set(at, { packed: rows, rows: undefined });
        dropFar();
        arrived(at * WINDOW, rows);
      } catch (thrown) {
        // It is not asked for again before the list is another.
        if (list === shown.list) refused.add(at);
        failed(thrown);
      }
    }
    isAsking = false;
  }

  return {
    /** Another list. `known` has rows of it that are there already, from a position on that begins a window. */
    show(list: number, count: number, known?: { readonly from: number; readonly rows: PackedRows }): void {
      windows.clear();
      stale.clear();
      refused.clear();
      shown = { list, count };
      const length = count - (known?.from ?? 0);
      if (known && known.rows.items.length === Math.min(length, WINDOW) && count > 0) {
        windows.set(known.from / WINDOW, { packed: known.rows, rows: undefined });
        arrived(known.from, known.rows);
      }
      void work();
    },
    /** What is on screen. */
    want(from: number, to: number): void {
      if (wanted[0] !== from || wanted[1] !== to) isResting = false;
      wanted = [from, to];
      void work();
    },
    /** The scrolling rests: there is time for what is next to the screen. */
    rest(): void {
      isResting = true;
      void work();
    },
    at(position: number): Row | undefined {
      const window = windows.get(Math.floor(position / WINDOW));
      if (!window) return undefined;
      window.rows ??= unpackRows(window.packed);
      return window.rows[position % WINDOW];
    },
    /** What is there from a position up to, and without, another. */
    glimpses(from: number, to: number): Glimpses {
      const [items, looks]: [number[], number[]] = [[], []];
      for (let position = from; position < to; position++) {
        const packed = windows.get(Math.floor(position / WINDOW))?.packed;
        const item = packed?.items[position % WINDOW];
        if (!packed || item === undefined) continue;
        items.push(item);
        looks.push(packed.looks[position % WINDOW]!);
      }
      return { items, looks };
    },
    /** Rows have changed: those on screen are asked for again, the others once they are. */
    refresh(): void {
      for (const at of windows.keys()) stale.add(at);
      void work();
    },
    /** All rows that are there, window by window. */
    each(visit: (from: number, rows: PackedRows) => void): void {
      for (const [at, { packed }] of windows) visit(at * WINDOW, packed);
    },
  };
}
