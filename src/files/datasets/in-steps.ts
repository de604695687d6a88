/** Long loops over lists in memory, in steps between which others get a turn: a dataset may have a million images. */
import { pausing } from '../pause';

/** Things of which none takes long, between two looks at the clock. */
const STEP = 256;
/** Things that are sorted in one piece: some milliseconds. */
const RUN = 2048;

/**
 * Calls with each thing of a list.
 *
 * @throws cancelled
 */
export async function inSteps<T>(
  list: Iterable<T>,
  act: (thing: T, index: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const pause = pausing(signal);
  let i = 0;
  for (const thing of list) {
    act(thing, i++);
    if (i % STEP === 0) await pause();
  }
}

/**
 * The list in order, by merging sorted runs; what is in order already is given back after one look at each thing. Equal
 * things keep their order.
 *
 * @throws cancelled
 */
export async function sortedInSteps<T>(
  list: readonly T[],
  compare: (a: T, b: T) => number,
  signal?: AbortSignal,
): Promise<readonly T[]> {
  let isSorted = true;
  const look = (thing: T, i: number) => {
    if (i > 0 && compare(list[i - 1]!, thing) > 0) isSorted = false;
  };
  await inSteps(list, look, signal);
  if (isSorted) return list;
  const pause = pausing(signal);
  let runs: T[][] = [];
  for (let from = 0; from < list.length; from += RUN) {
    runs.push(list.slice(from, from + RUN).sort(compare));
    await pause();
  }
  while (runs.length > 1) {
    const next: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) next.push(await merged(runs[i]!, runs[i + 1] ?? [], compare, pause));
    runs = next;
  }
  return runs[0]!;
}

async function merged<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (a: T, b: T) => number,
  pause: () => Promise<void>,
): Promise<T[]> {
  const found: T[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const takesFirst = j >= b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
    found.push(takesFirst ? a[i++]! : b[j++]!);
    if (found.length % STEP === 0) await pause();
  }
  return found;
}
