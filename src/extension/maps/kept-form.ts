/** The form in which a finished explanation is stored. Pure. */
import * as v from 'valibot';
import { METHODS } from '../../core/methods/names';
import { ACTIVATIONS, type ClassScore } from '../../core/output';
import type { Frame } from '../../core/saliency';
import { fields } from '../../core/schema';
import { DEVICES, type Device } from '../../protocol/devices';
import type { Explanation } from '../../protocol/explanation';
import type { FileStamp } from '../../protocol/requests';
import type { Summary } from '../../protocol/webview';

export interface KeptMap {
  readonly explanation: Explanation;
  readonly summary: Summary;
  /** All that the explanation rests on; it holds while they stay as they were. */
  readonly files: readonly FileStamp[];
}

/** A schema for each field, the optional ones too: one without a schema would be lost. */
type Form<T> = { readonly [Field in keyof T]-?: v.GenericSchema<unknown, T[Field]> };

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

const size = fields({ width: number, height: number });
const classScore = fields({ class: number, label: text, probability: number } satisfies Form<ClassScore>);
const classScores = v.array(classScore);

const frame = v.pipe(
  fields({
    done: number,
    total: number,
    height: number,
    width: number,
    map: floats,
    offset: number,
    signed: flag,
    saturation: optional(number),
    inputSize: size,
    imageTransform: fields({ scaleX: number, scaleY: number, offsetX: number, offsetY: number, image: size }),
  } satisfies Form<Frame>),
  v.check((frame) => frame.map.length === frame.height * frame.width),
);

const explanation = fields({
  method: v.picklist(METHODS),
  options: v.record(text, v.union([number, text])),
  blur: fields({ kernel: number, sigma: number }),
  image: text,
  model: text,
  layer: text,
  contrast: optional(classScores),
  contrastWeight: optional(number),
  class: number,
  label: text,
  probability: number,
  activation: v.picklist([...ACTIVATIONS, 'probability']),
  top: classScores,
  probabilities: floats,
  frame,
  saliency: fields({
    min: number,
    max: number,
    zero: flag,
    reason: optional(text),
    note: optional(text),
  } satisfies Form<Explanation['saliency']>),
  scores: floats,
  completeness: optional(fields({ sum: number, difference: number })),
  milliseconds: fields({ load: number, decode: number, first: number, total: number }),
  device: v.picklist(DEVICES.filter((device): device is Device => device !== 'auto')),
  passes: number,
} satisfies Form<Explanation>);

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
