/** Reads rows and pictures that were packed. Pure. */
import * as v from 'valibot';
import { errors } from '../../core/errors';
import { parseJson } from '../../core/schema';
import type { Row, TilePicture } from '../dataset';
import type { PackedPictures, PackedRows } from './pack';

/** What was packed is believed, as results of the runner are: reading each row by a schema would cost time. */
function unpacked<T>(text: Uint8Array): readonly T[] {
  const list = v.custom<readonly T[]>(Array.isArray, 'a list');
  const json = new TextDecoder().decode(text);
  return parseJson(list, json, ({ line }) => errors.internal(`what was packed can not be read: ${line}`));
}

export const unpackRows = ({ text }: PackedRows): readonly Row[] => unpacked<Row>(text);

type Told = Omit<TilePicture, 'thumbnail' | 'map'> & {
  readonly thumbnail?: number;
  readonly map?: Omit<NonNullable<TilePicture['map']>, 'values'> & { readonly values: number };
};

/** Thumbnails and maps are parts of the packed bytes. */
export function unpackPictures({ text, bytes }: PackedPictures): readonly TilePicture[] {
  let at = 0;
  const next = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  return unpacked<Told>(text).map(({ thumbnail, map, ...rest }) => ({
    ...rest,
    ...(thumbnail !== undefined && { thumbnail: next(thumbnail) }),
    ...(map && { map: { ...map, values: next(map.values) } }),
  }));
}
