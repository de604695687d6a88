/** Which pictures the painter of tiles has, and which are asked for. They come in packs, those on screen first. */
import type { PackedPictures } from '../../../src/protocol/packed/pack';
import type { Glimpses } from './rows';

/** Items of one request. */
const PACK = 48;
/** Requests at a time, so that one is on its way while the other is made. */
const AT_ONCE = 2;
/** Pictures that are kept beyond those on screen; each takes at most 64 KB, and as much for its heat. */
const MOST = 600;
/** So many more are dropped at a time, so that the oldest are looked for less often. */
const SLACK = 100;

const NONE: Glimpses = { items: [], looks: [] };

export type Pictures = ReturnType<typeof createPictures>;

/**
 * @param ask asks the host for pictures
 * @param arrived called with pictures that are there, and the items among them of which there is a newer one
 * @param dropped called with items whose pictures are given up
 */
export function createPictures(
  ask: (items: readonly number[]) => Promise<PackedPictures>,
  arrived: (pictures: PackedPictures, outdated: readonly number[]) => void,
  dropped: (items: readonly number[]) => void,
  failed: (thrown: unknown) => void,
) {
  /** By item: the look of its picture, and when it was wanted last. They are kept in place, since most stay. */
  const held = new Map<number, { look: number; used: number }>();
  let wanted: Glimpses = NONE;
  /** Counts up with each wish. */
  let turn = 0;
  let asking = 0;
  /** Counts up when everything is forgotten: answers from before count no more. */
  let era = 0;

  /** Those that were not wanted for the longest time. */
  function dropOld(): void {
    const excess = held.size - MOST - wanted.items.length;
    if (excess <= 0) return;
    const uses = Float64Array.from(held.values(), ({ used }) => used).sort();
    const before = uses[excess + SLACK]!;
    const old = [...held.keys()].filter((item) => held.get(item)!.used < before);
    for (const item of old) held.delete(item);
    dropped(old);
  }

  function hold(item: number, look: number): void {
    const known = held.get(item);
    if (known) known.look = look;
    else held.set(item, { look, used: turn });
  }

  function missing(): Glimpses {
    const [items, looks]: [number[], number[]] = [[], []];
    for (let i = 0; i < wanted.items.length && items.length < PACK; i++) {
      if (held.get(wanted.items[i]!)?.look === wanted.looks[i]) continue;
      items.push(wanted.items[i]!);
      looks.push(wanted.looks[i]!);
    }
    return { items, looks };
  }

  async function work(): Promise<void> {
    while (asking < AT_ONCE) {
      const { items, looks } = missing();
      if (items.length === 0) return;
      // Noted before they are there, so that the other request asks for others.
      for (const [i, item] of items.entries()) hold(item, looks[i]!);
      const asked = era;
      asking += 1;
      try {
        // An answer may be overtaken by a later one, of a row that was computed in between: then the later one holds.
        const pictures = await ask(items);
        if (asked === era)
          arrived(
            pictures,
            items.filter((item, i) => held.get(item)?.look !== looks[i]),
          );
      } catch (thrown) {
        failed(thrown);
      } finally {
        asking -= 1;
      }
      dropOld();
    }
  }

  return {
    /** What is on screen; earlier wishes are given up. */
    want(glimpses: Glimpses): void {
      wanted = glimpses;
      turn += 1;
      for (const item of glimpses.items) {
        const known = held.get(item);
        if (known) known.used = turn;
      }
      void work();
    },
    /** Another version, or a painter that has lost what it had. */
    forget(): void {
      era += 1;
      held.clear();
      wanted = NONE;
    },
    get isBusy(): boolean {
      return asking > 0;
    },
  };
}
