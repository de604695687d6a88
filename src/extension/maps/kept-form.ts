/** The form in which a finished explanation is stored. Pure. */
import * as v from 'valibot';
import { type Form, fields } from '../../core/schema';
import type { Explanation } from '../../protocol/explanation';
import { classScore, explanationForm } from '../../protocol/params/explanation';
import type { FileStamp } from '../../protocol/requests';
import type { Summary } from '../../protocol/webview';

export interface KeptMap {
  readonly explanation: Explanation;
  readonly summary: Summary;
  /** All that the explanation rests on; it holds while they stay as they were. */
  readonly files: readonly FileStamp[];
}

const number = v.number();
const text = v.string();
const flag = v.boolean();
const optional = v.exactOptional;

interface Packed {
  readonly float32: string;
}

/** JSON has no arrays of 32-bit numbers, and decimal digits would take three times the room. */
export const packed = ({ buffer, byteOffset, byteLength }: Float32Array): Packed => ({
  float32: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
});

/** Copied, since a Buffer may lie anywhere in memory. */
const floats = v.pipe(
  fields({ float32: text } satisfies Form<Packed>),
  v.transform(({ float32 }) => new Float32Array(Uint8Array.from(Buffer.from(float32, 'base64')).buffer)),
);

const explanation = explanationForm(floats);

const summary = fields({
  class: classScore,
  method: text,
  layer: optional(text),
  layerShape: v.array(number),
  activation: text,
  model: text,
  device: text,
  milliseconds: number,
  passes: number,
  kept: optional(flag),
  own: optional(text),
  blank: optional(text),
  note: optional(text),
  assumptions: v.array(text),
} satisfies Form<Summary>);

/** JSON leaves out the size of a file that there was none of. */
const stamp = v.pipe(
  fields({ path: text, size: v.optional(number), mtime: number }),
  v.transform(({ path, size, mtime }): FileStamp => ({ path, size, mtime })),
);

export const KEPT_MAP = fields({ explanation, summary, files: v.array(stamp) } satisfies Form<KeptMap>);
