/** The file `<model>.explain.json` beside a model: its conventions, written by its user or by "Save model settings". */
import { errors, reasonOf } from '../errors';
import { FITS, usesResize } from '../geometry';
import { ACTIVATIONS } from '../output';
import { INTERPOLATIONS } from '../resample';
import { type Conventions, isSide, SIDE_WANTED } from './conventions';
import type { ModelInfo } from './info';
import { isRecord } from './json';
import { COLORS } from './preprocessing';

export function sidecarPath(model: string): string {
  return `${model.replace(/\.onnx$/i, '')}.explain.json`;
}

interface Check {
  readonly wanted: string;
  readonly accepts: (value: unknown) => boolean;
}
interface Schema {
  readonly [key: string]: Check | { readonly fields: Schema };
}

const text: Check = { wanted: 'a text', accepts: (value) => typeof value === 'string' && value !== '' };
const pixels: Check = { wanted: SIDE_WANTED, accepts: isSide };
const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isFactor = (value: unknown): boolean => isNumber(value) && value !== 0;
const list = (accepts: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(accepts);
const oneOf = (values: readonly string[]): Check => ({
  wanted: values.map((value) => `"${value}"`).join(' or '),
  accepts: (value) => values.some((known) => known === value),
});

const SIDECAR: Schema = {
  input: {
    fields: {
      name: text,
      width: pixels,
      height: pixels,
      fit: oneOf(FITS),
      resize: pixels,
      interpolation: oneOf(INTERPOLATIONS),
      color: oneOf(COLORS),
      scale: { wanted: 'a number other than 0', accepts: isFactor },
      mean: { wanted: 'a list of numbers, one a channel', accepts: list(isNumber) },
      std: { wanted: 'a list of numbers other than 0, one a channel', accepts: list(isFactor) },
    },
  },
  output: { fields: { name: text, activation: oneOf(ACTIVATIONS) } },
  labels: text,
  layer: text,
};

/**
 * @param json the file's text
 * @throws sidecar-invalid, naming the key and what is wanted
 */
export function parseSidecar(json: string, file: string): Conventions {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw errors.sidecarInvalid(file, `not JSON (${reasonOf(error)})`);
  }
  check(parsed, SIDECAR, '', file);
  return parsed as Conventions;
}

function check(value: unknown, schema: Schema, parent: string, file: string): void {
  const at = parent === '' ? '' : `${parent}: `;
  if (!isRecord(value)) throw errors.sidecarInvalid(file, `${at}must be an object, found ${shown(value)}`);
  for (const [key, field] of Object.entries(value)) {
    const name = parent === '' ? key : `${parent}.${key}`;
    const rule = Object.hasOwn(schema, key) ? schema[key] : undefined;
    if (!rule) throw errors.sidecarInvalid(file, `unknown key ${name}; known are ${Object.keys(schema).join(', ')}`);
    if ('fields' in rule) check(field, rule.fields, name, file);
    else if (!rule.accepts(field))
      throw errors.sidecarInvalid(file, `${name}: must be ${rule.wanted}, found ${shown(field)}`);
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}

/**
 * The sidecar that fixes what is in use now. Names of classes that come from no file of their own are left where they
 * are.
 *
 * @param labels path of the labels file relative to the model's folder
 */
export function sidecarOf(info: ModelInfo, labels: string | undefined): Conventions {
  const { width, height, fit, resize, interpolation, color, scale, mean, std } = info.preprocessing;
  return {
    input: {
      name: info.input.name,
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
