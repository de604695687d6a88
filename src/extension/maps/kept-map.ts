/** A finished explanation that is kept for a return to it, what it is known by, and the text it is stored as. Pure. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { fields, readJson } from '../../core/schema';
import type { Explanation } from '../../protocol/explanation';
import { type ExplainParams, type ImageSource, PROTOCOL_VERSION } from '../../protocol/requests';
import { KEPT_MAP, type KeptMap, packed } from './kept-form';

/** The question in full, so that an answer with any other option has another key, and so has one in the form of another version. */
export function keyOf({ view: _, image, ...rest }: ExplainParams): string {
  return JSON.stringify([PROTOCOL_VERSION, imageOf(image), rest]);
}

/** An answer about the top class, or about one called by its name, is also that about the class by its index. */
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

/** A first line with the digest of what follows: a file that was cut short or damaged is told by it. */
export function textOf(key: string, map: KeptMap): string {
  const body = JSON.stringify({ key, map }, (_, value) => (value instanceof Float32Array ? packed(value) : value));
  return `${digestOf(body)}\n${body}`;
}

/** The map in a text; undefined if the text is not as it was written, or is that of another question. */
export function readText(text: string, key: string): KeptMap | undefined {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (text.slice(0, Math.max(end, 0)) !== digestOf(body)) return undefined;
  const found = readJson(STORED, body);
  return 'value' in found && found.value.key === key ? found.value.map : undefined;
}
