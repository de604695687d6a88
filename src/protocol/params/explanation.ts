/** The form of an explanation, which depends on how its arrays of numbers are written: as they are, or as text. */
import * as v from 'valibot';
import type { Blur } from '../../core/methods/choice';
import { METHODS } from '../../core/methods/names';
import type { OptionValues } from '../../core/options';
import { ACTIVATIONS, type ClassScore } from '../../core/output';
import type { Frame } from '../../core/saliency';
import { type Form, fields } from '../../core/schema';
import { DEVICE_CHOICES, type Device } from '../devices';
import { type Explanation, type OwnComparison, WAYS } from '../explanation';

const number = v.number();
const text = v.string();
const flag = v.boolean();
const optional = v.exactOptional;

export const size = fields({ width: number, height: number });
export const imageTransform = fields({ scaleX: number, scaleY: number, offsetX: number, offsetY: number, image: size });
export const blur = fields({ kernel: number, sigma: number } satisfies Form<Blur>);
export const optionValues: v.GenericSchema<unknown, OptionValues> = v.record(text, v.union([number, text]));
export const classScore = fields({ class: number, label: text, probability: number } satisfies Form<ClassScore>);
const classScores = v.array(classScore);

type Floats = v.GenericSchema<unknown, Float32Array>;

export const frameForm = (floats: Floats) =>
  v.pipe(
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
      imageTransform,
    } satisfies Form<Frame>),
    v.check(({ map, height, width }) => map.length === height * width, 'a map of height x width values'),
  );

export const explanationForm = (floats: Floats) =>
  fields({
    method: v.picklist(METHODS),
    options: optionValues,
    blur,
    image: text,
    model: text,
    layer: text,
    own: optional(fields({ difference: number, correlation: optional(number) } satisfies Form<OwnComparison>)),
    contrast: optional(classScores),
    contrastWeight: optional(number),
    class: number,
    label: text,
    probability: number,
    activation: v.picklist([...ACTIVATIONS, 'probability']),
    top: classScores,
    probabilities: floats,
    frame: frameForm(floats),
    saliency: fields({
      min: number,
      max: number,
      zero: flag,
      reason: optional(text),
      note: optional(text),
    } satisfies Form<Explanation['saliency']>),
    scores: floats,
    precision: optional(fields({ used: v.picklist(['float32', 'int8', 'float16']), reason: text })),
    way: optional(fields({ used: v.picklist(WAYS), reason: text })),
    completeness: optional(fields({ sum: number, difference: number })),
    milliseconds: fields({ load: number, decode: number, first: number, total: number }),
    device: v.picklist(DEVICE_CHOICES.filter((device): device is Device => device !== 'auto')),
    passes: number,
  } satisfies Form<Explanation>);
