/** The file `<model>.explain.json` beside a model: conventions written by the user or by "Save model settings". */
import * as v from 'valibot';
import { errors } from '../errors';
import { FITS, usesResize } from '../geometry';
import { ACTIVATIONS } from '../output';
import { INTERPOLATIONS } from '../resample';
import { onlyFields, parseJson, readJson } from '../schema';
import type { Conventions } from './conventions';
import type { ModelInfo } from './info';
import { COLORS } from './preprocessing';
import { isSide, SIDE_WANTED } from './sides';

export function sidecarPath(model: string): string {
  return `${model.replace(/\.onnx$/i, '')}.explain.json`;
}

const text = v.pipe(v.string(), v.nonEmpty());
const side = v.custom<number>(isSide, SIDE_WANTED);
const isFactor = (value: unknown) => Number.isFinite(value) && value !== 0;
const listOf = (accepts: (value: unknown) => boolean, wanted: string) =>
  v.custom<readonly number[]>((value) => Array.isArray(value) && value.length > 0 && value.every(accepts), wanted);
const optionalFields = <const E extends v.ObjectEntries>(entries: E) =>
  onlyFields(v.partial(v.object(entries)).entries);

const SIDECAR = optionalFields({
  input: optionalFields({
    name: text,
    layout: v.picklist(['NCHW', 'NHWC']),
    width: side,
    height: side,
    fit: v.picklist(FITS),
    resize: side,
    interpolation: v.picklist(INTERPOLATIONS),
    color: v.picklist(COLORS),
    scale: v.custom<number>(isFactor, 'a number other than 0'),
    mean: listOf(Number.isFinite, 'a list of numbers, one a channel'),
    std: listOf(isFactor, 'a list of numbers other than 0, one a channel'),
  }),
  output: optionalFields({ name: text, activation: v.picklist(ACTIVATIONS) }),
  labels: text,
  layer: text,
});

/** The same conventions where they are no file of their own; undefined for any other text. */
export function conventionsIn(json: string): Conventions | undefined {
  const found = readJson(SIDECAR, json);
  return 'value' in found ? found.value : undefined;
}

/**
 * @param json the file's text
 * @throws sidecar-invalid, naming the key and what is wanted
 */
export function parseSidecar(json: string, file: string): Conventions {
  return parseJson(SIDECAR, json, ({ line }) => errors.sidecarInvalid(file, line));
}

/**
 * The sidecar that records the values in use. Names of classes that do not come from a labels file are not copied.
 *
 * @param labels path of the labels file relative to the model's folder
 */
export function sidecarOf(info: ModelInfo, labels: string | undefined): Conventions {
  const { width, height, fit, resize, interpolation, color, scale, mean, std } = info.preprocessing;
  return {
    input: {
      name: info.input.name,
      layout: info.input.layout,
      width: width.value,
      height: height.value,
      fit: fit.value,
      ...(usesResize(fit.value) && { resize: resize.value }),
      interpolation: interpolation.value,
      color: color.value,
      scale: scale.value,
      mean: mean.value,
      std: std.value,
    },
    output: { name: info.output.name, activation: info.output.activation.value },
    ...(labels !== undefined && { labels }),
    ...(info.layer.origin !== 'assumed' && { layer: info.layer.value }),
  };
}
