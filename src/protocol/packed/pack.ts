/**
 * Rows and pictures as the page of a run file gets them: a few blocks of bytes in place of texts and thousands of small
 * objects. A browser keeps what a message has brought until its next full collection of garbage, and copies texts and
 * objects, but not bytes, in each small one before; while a list was scrolled, such copies took up to 8 ms at a time. Pure.
 */
import type { ItemId, Row, TilePicture } from '../dataset';

export interface PackedRows {
  readonly items: Uint32Array;
  /** A whole number for each row, which follows from what its picture depends on: a picture is another when its look is. */
  readonly looks: Float64Array;
  /** JSON of all rows, in UTF-8. */
  readonly text: Uint8Array;
}

export interface PackedPictures {
  readonly items: Uint32Array;
  /** JSON of all pictures, in UTF-8, with numbers of bytes in the place of bytes. */
  readonly text: Uint8Array;
  /** Of thumbnails and maps, one after another. */
  readonly bytes: Uint8Array;
}

const inBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const lookOf = ({ state, map }: Row): number =>
  hashOf(map ? `${state} ${map.method} ${map.layer} ${map.class}` : state);

/** 53 bits, so that two texts that are met have two hashes: two times 32 bits by FNV-1a, the second with another prime. */
function hashOf(text: string): number {
  let [high, low] = [0x811c9dc5, 0xdeadbeef];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x9e3779b1);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

export const packRows = (rows: readonly Row[]): PackedRows => ({
  items: itemsOf(rows),
  looks: Float64Array.from(rows, lookOf),
  text: inBytes(rows),
});

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
  return { items: itemsOf(pictures), text: inBytes(told), bytes };
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
