/** A finished explanation that is kept for a return to it, what it is known by, and the text it is stored as. Pure. */
import { createHash } from 'node:crypto';
import type { Explanation } from '../../protocol/explanation';
import { type ExplainParams, type FileStamp, type ImageSource, PROTOCOL_VERSION } from '../../protocol/requests';
import type { Summary } from '../../protocol/webview';

export interface KeptMap {
  readonly explanation: Explanation;
  readonly summary: Summary;
  /** All that the explanation rests on; it holds while they stay as they were. */
  readonly files: readonly FileStamp[];
}

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

/** A first line with the digest of what follows: a file that was cut short or damaged is told by it. */
export function textOf(key: string, map: KeptMap): string {
  const body = JSON.stringify({ key, ...map }, (_, value) => (value instanceof Float32Array ? packed(value) : value));
  return `${digestOf(body)}\n${body}`;
}

/** The map in a text; undefined if the text is not as it was written, or is that of another question. */
export function readText(text: string, key: string): KeptMap | undefined {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (text.slice(0, Math.max(end, 0)) !== digestOf(body)) return undefined;
  const { key: found, ...map } = JSON.parse(body, (_, value) => (isPacked(value) ? unpacked(value) : value));
  return found === key ? map : undefined;
}

interface Packed {
  readonly float32: string;
}

const packed = ({ buffer, byteOffset, byteLength }: Float32Array): Packed => ({
  float32: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
});

const isPacked = (value: unknown): value is Packed => typeof Object(value).float32 === 'string';

/** A copy, since a Buffer may lie anywhere in memory. */
const unpacked = ({ float32 }: Packed) => new Float32Array(Uint8Array.from(Buffer.from(float32, 'base64')).buffer);
