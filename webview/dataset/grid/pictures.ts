/** Which pictures the painter of tiles has, and which are asked for. They come in packs, those on screen first. */
import type { Row, TilePicture } from '../../../src/protocol/dataset';

/** Items of one request. */
const PACK = 48;
/** Requests at a time, so that one is on its way while the other is made. */
const AT_ONCE = 2;
/** Pictures that are kept beyond those on screen; each takes at most 64 KB, and as much for its heat. */
const MOST = 600;

export type Pictures = ReturnType<typeof createPictures>;

/** Tells whether a picture may have changed: it is asked for again with another key. */
const keyOf = ({ state, map }: Row) => (map ? `${state} ${map.method} ${map.layer} ${map.class}` : state);

/**
 * @param ask asks the host for pictures
 * @param arrived called with pictures that are there
 * @param dropped called with items whose pictures are given up
 */
export function createPictures(
  ask: (items: readonly number[]) => Promise<readonly TilePicture[]>,
  arrived: (pictures: readonly TilePicture[]) => void,
  dropped: (items: readonly number[]) => void,
  failed: (thrown: unknown) => void,
) {
  /** Keys by item, in the order of their use: the most recent is last. */
  const held = new Map<number, string>();
  let wanted: readonly Row[] = [];
  let asking = 0;
  /** Counts up when everything is forgotten: answers from before count no more. */
  let era = 0;

  function dropOld(): void {
    const most = MOST + wanted.length;
    const old: number[] = [];
    for (const item of held.keys()) {
      if (held.size - old.length <= most) break;
      old.push(item);
    }
    for (const item of old) held.delete(item);
    if (old.length > 0) dropped(old);
  }

  async function work(): Promise<void> {
    while (asking < AT_ONCE) {
      const pack = wanted.filter((row) => held.get(row.item) !== keyOf(row)).slice(0, PACK);
      if (pack.length === 0) return;
      // Noted before they are there, so that the other request asks for others.
      const keys = new Map(pack.map((row) => [row.item, keyOf(row)]));
      for (const [item, key] of keys) held.set(item, key);
      const asked = era;
      asking += 1;
      try {
        // An answer may be overtaken by a later one, of a row that was computed in between: then the later one holds.
        const pictures = await ask(pack.map(({ item }) => item));
        if (asked === era) arrived(pictures.filter(({ item }) => held.get(item) === keys.get(item)));
      } catch (thrown) {
        failed(thrown);
      } finally {
        asking -= 1;
      }
      dropOld();
    }
  }

  return {
    /** Rows on screen; earlier wishes are given up. */
    want(rows: readonly Row[]): void {
      wanted = rows;
      for (const { item } of rows) {
        const key = held.get(item);
        if (key === undefined) continue;
        held.delete(item);
        held.set(item, key);
      }
      void work();
    },
    /** Another version, or a painter that has lost what it had. */
    forget(): void {
      era += 1;
      held.clear();
      wanted = [];
    },
    get isBusy(): boolean {
      return asking > 0;
    },
  };
}
