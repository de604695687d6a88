/** Orders of rows by a number. Unknown numbers (NaN) come last; equal ones stay in the order in which they are given. */

type Pause = () => Promise<void>;

/**
 * The first rows of an order, before the whole is known.
 *
 * @param ids in the order of paths
 * @param values by id
 */
export function firstOf(ids: Uint32Array, values: Float64Array, descending: boolean, count: number): Uint32Array {
  // A heap of positions in `ids`, with the last of the rows that are kept on top.
  const heap: number[] = [];
  const unknown: number[] = [];
  const sign = descending ? -1 : 1;
  const isAfter = (a: number, b: number): boolean => {
    const [x, y] = [sign * values[ids[a]!]!, sign * values[ids[b]!]!];
    return x === y ? a > b : x > y;
  };
  const swap = (a: number, b: number) => {
    const held = heap[a]!;
    heap[a] = heap[b]!;
    heap[b] = held;
  };
  const down = () => {
    for (let at = 0; ; ) {
      let next = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isAfter(heap[child]!, heap[next]!)) next = child;
      if (next === at) return;
      swap(at, next);
      at = next;
    }
  };
  const up = () => {
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isAfter(heap[at]!, heap[parent]!)) return;
      swap(at, parent);
      at = parent;
    }
  };
  let limit = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ids.length && count > 0; i++) {
    const value = sign * values[ids[i]!]!;
    if (Number.isNaN(value)) {
      if (unknown.length < count) unknown.push(i);
    } else if (heap.length < count) {
      heap.push(i);
      up();
      limit = sign * values[ids[heap[0]!]!]!;
    } else if (value < limit) {
      heap[0] = i;
      down();
      limit = sign * values[ids[heap[0]!]!]!;
    }
  }
  const known = heap.sort((a, b) => (isAfter(a, b) ? 1 : -1));
  return Uint32Array.from([...known, ...unknown].slice(0, count), (i) => ids[i]!);
}

const DIGIT = 16;
const DIGITS = 2 ** DIGIT;

/**
 * Sorts by radix: four passes over 16 bits each of the numbers' own bits, which are made to rise with the numbers.
 *
 * @param ids in the order of paths
 * @param values by id
 * @param pause called between passes
 */
export async function ordered(
  ids: Uint32Array,
  values: Float64Array,
  descending: boolean,
  pause: Pause,
): Promise<Uint32Array> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  let from = { ids: new Uint32Array(ids.length), low: new Uint32Array(ids.length), high: new Uint32Array(ids.length) };
  const unknown: number[] = [];
  let count = 0;
  const flip = descending ? 0xffffffff : 0;
  for (const id of ids) {
    const value = values[id]!;
    if (Number.isNaN(value)) {
      unknown.push(id);
      continue;
    }
    // Little-endian; -0 counts as 0.
    let [low, high] = value === 0 ? [0, 0] : [bits[2 * id]!, bits[2 * id + 1]!];
    if (high >>> 31) [low, high] = [~low, ~high];
    else high ^= 0x80000000;
    from.ids[count] = id;
    from.low[count] = low ^ flip;
    from.high[count] = high ^ flip;
    count++;
  }
  let to = { ids: new Uint32Array(count), low: new Uint32Array(count), high: new Uint32Array(count) };
  const places = new Uint32Array(DIGITS);
  for (const [word, shift] of [
    ['low', 0],
    ['low', DIGIT],
    ['high', 0],
    ['high', DIGIT],
  ] as const) {
    await pause();
    if (!startsOf(from[word], shift, count, places)) continue;
    move(from, to, word, shift, count, places);
    [from, to] = [to, from];
  }
  const result = new Uint32Array(ids.length);
  result.set(from.ids.subarray(0, count));
  result.set(unknown, count);
  return result;
}

/** Where the numbers with each digit start; false if all have the same, so that nothing moves. */
function startsOf(keys: Uint32Array, shift: number, count: number, places: Uint32Array): boolean {
  places.fill(0);
  for (let i = 0; i < count; i++) places[(keys[i]! >>> shift) & (DIGITS - 1)]!++;
  if (count > 0 && places[(keys[0]! >>> shift) & (DIGITS - 1)] === count) return false;
  let start = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const found = places[digit]!;
    places[digit] = start;
    start += found;
  }
  return true;
}

interface Sorted {
  readonly ids: Uint32Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

function move(
  { ids, low, high }: Sorted,
  to: Sorted,
  word: 'low' | 'high',
  shift: number,
  count: number,
  places: Uint32Array,
): void {
  const keys = word === 'low' ? low : high;
  for (let i = 0; i < count; i++) {
    const place = places[(keys[i]! >>> shift) & (DIGITS - 1)]!++;
    to.ids[place] = ids[i]!;
    to.low[place] = low[i]!;
    to.high[place] = high[i]!;
  }
}
