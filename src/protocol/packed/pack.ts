/**
 * Rows and pictures as the page of a run file gets them: few large things in place of thousands of small objects, which
 * its main thread would have to make, hand on and collect while the list is scrolled. Pure.
 */
import type { ItemId, Row, TilePicture } from '../dataset';

export interface PackedRows {
  readonly items: Uint32Array;
  /** What the pictures of the rows depend on; a picture is another when its look is. */
  readonly looks: readonly string[];
  /** Index into `looks` of each row. */
  readonly look: Uint16Array;
  /** JSON of all rows. */
  readonly text: string;
}

export interface PackedPictures {
  readonly items: Uint32Array;
  /** JSON of all pictures, with numbers of bytes in the place of bytes. */
  readonly text: string;
  /** Of thumbnails and maps, one after another. */
  readonly bytes: Uint8Array;
}

const lookOf = ({ state, map }: Row): string => (map ? `${state} ${map.method} ${map.layer} ${map.class}` : state);

/** @param rows at most 65,536 */
export function packRows(rows: readonly Row[]): PackedRows {
  const looks = new Map<string, number>();
  const look = Uint16Array.from(rows, (row) => {
    const text = lookOf(row);
    const known = looks.get(text) ?? looks.size;
    looks.set(text, known);
    return known;
  });
  return { items: itemsOf(rows), looks: [...looks.keys()], look, text: JSON.stringify(rows) };
}

export function packPictures(pictures: readonly TilePicture[]): PackedPictures {
  const parts: Uint8Array[] = [];
  const lengthOf = (part: Uint8Array) => {
    parts.push(part);
    return part.length;
  };
  const told = pictures.map(({ thumbnail, map, ...rest }) => ({
    ...rest,
    ...(thumbnail && { thumbnail: lengthOf(thumbnail) }),
    ...(map && { map: { ...map, values: lengthOf(map.values) } }),
  }));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { items: itemsOf(pictures), text: JSON.stringify(told), bytes };
}

const itemsOf = (things: readonly { readonly item: ItemId }[]): Uint32Array =>
  Uint32Array.from(things, ({ item }) => item);

/** Answers that are packed, by the name of the request. */
const PACKERS = { rows: packRows, pictures: packPictures } as const;
export type PackedResults = { readonly [N in keyof typeof PACKERS]: ReturnType<(typeof PACKERS)[N]> };

/** A runner's answer as the page gets it. */
export function packed(name: string, result: unknown): unknown {
  const pack = Object.hasOwn(PACKERS, name)
    ? (PACKERS[name as keyof typeof PACKERS] as (of: unknown) => unknown)
    : undefined;
  return pack ? pack(result) : result;
}
