/** A cached explanation: its keys, and the text that it is stored as. Pure. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { fields, readJson } from '../../core/schema';
import type { Explanation } from '../../protocol/explanation';
import { type ExplainParams, type ImageSource, PROTOCOL_VERSION } from '../../protocol/requests';
import { KEPT_MAP, type KeptMap, packed } from './kept-form';

/**
 * The key of a request. It contains all options and the version of the format, so that requests that differ in any
 * option have different keys.
 */
export function keyOf({ view: _, image, ...rest }: ExplainParams): string {
  return JSON.stringify([PROTOCOL_VERSION, imageOf(image), rest]);
}

/**
 * The keys of an answer. An answer for the top class, or for a class by name, is also the answer for the class by
 * index.
 */
export function keysOf(params: ExplainParams, { class: index }: Explanation): string[] {
  return [...new Set([keyOf(params), keyOf({ ...params, target: { index } })])];
}

function imageOf(image: ImageSource): object {
  return 'bytes' in image ? { name: image.name, content: digestOf(image.bytes) } : image;
}

/** SHA-256 in hexadecimal digits. */
export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const STORED = fields({ key: v.string(), map: KEPT_MAP });

/** The text of a map. Its first line is the digest of the rest, by which truncated or damaged files are recognised. */
export function textOf(key: string, map: KeptMap): string {
  const body = JSON.stringify({ key, map }, (_, value) => (value instanceof Float32Array ? packed(value) : value));
  return `${digestOf(body)}\n${body}`;
}

/** Reads the map from a text; undefined if the text is damaged or belongs to another request. */
export function readText(text: string, key: string): KeptMap | undefined {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (text.slice(0, Math.max(end, 0)) !== digestOf(body)) return undefined;
  const found = readJson(STORED, body);
  return 'value' in found && found.value.key === key ? found.value.map : undefined;
}
