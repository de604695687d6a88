/** Conventions from a model's own `metadata_props`. */
import * as v from 'valibot';
import type { Model } from '../onnx/model';
import { read, readJson } from '../schema';
import { namesByIndex } from './classes/labels';
import { parsePython } from './classes/python';
import type { Conventions, InputConventions } from './conventions';
import type { Color } from './preprocessing';
import { conventionsIn } from './sidecar';

/** ONNX, docs/MetadataProps.md. */
const PIXEL_FORMATS: readonly (readonly [RegExp, Color])[] = [
  [/^gray/i, 'GRAY'],
  [/^rgb/i, 'RGB'],
  [/^bgr/i, 'BGR'],
];
const PIXEL_RANGES: Readonly<Record<string, InputConventions>> = {
  NominalRange_0_255: { scale: 1, mean: 0, std: 1 },
  Normalized_0_1: { scale: 1 / 255, mean: 0, std: 1 },
  Normalized_1_1: { scale: 1 / 127.5, mean: 1, std: 1 },
};
/** Keys under which exporters store the names of the classes. */
const NAMES = ['names', 'labels', 'classes', 'class_names', 'id2label'];

/** The key under which an exported model has what was known of the model in it, in the form of a sidecar. */
export const CONVENTIONS = 'groupcam.conventions';

/** What an exported model says of the model in it. It has names of classes itself, so a file that it names is not read. */
export function exportedConventions({ proto }: Model): Conventions | undefined {
  const said = conventionsIn(proto.metadataProps.find(({ key }) => key === CONVENTIONS)?.value ?? '');
  return said && { ...said, labels: undefined };
}

export function readMetadata(model: Model): Conventions {
  const props = new Map(model.proto.metadataProps.map(({ key, value }) => [key, value]));
  const format = props.get('Image.BitmapPixelFormat') ?? '';
  const [height, width] = sizeOf(props.get('imgsz'));
  return {
    input: {
      width,
      height,
      color: PIXEL_FORMATS.find(([pattern]) => pattern.test(format))?.[1],
      ...rangeIn(props.get('Image.NominalPixelRange')),
    },
    names: NAMES.map((key) => namesIn(props.get(key))).find((names) => names !== undefined),
  };
}

const rangeIn = (name = '') => (Object.hasOwn(PIXEL_RANGES, name) ? PIXEL_RANGES[name] : {});

/** What the metadata ask for and Group-CAM does not do, in words. */
export function notesOfMetadata({ proto }: Model): string[] {
  const range = proto.metadataProps.find(({ key }) => key === 'Image.NominalPixelRange')?.value;
  if (range === undefined || range === '' || Object.hasOwn(PIXEL_RANGES, range)) return [];
  return [`Image.NominalPixelRange: ${range.slice(0, 40)} is not followed`];
}

/** Ultralytics writes "[224, 224]". */
function sizeOf(text = ''): (number | undefined)[] {
  const sides =
    text
      .match(/^\[(\d+), ?(\d+)\]$/)
      ?.slice(1)
      .map(Number) ?? [];
  return sides.every((side) => side > 0) ? sides : [];
}

/** A list, or an object by index. */
const NAMES_FORM = v.union([v.array(v.string()), namesByIndex]);

/**
 * Names in JSON, as a print of Python (Ultralytics), or separated by line ends, commas or semicolons. Metadata is free
 * text, so any other text is ignored.
 */
function namesIn(text = ''): readonly string[] | undefined {
  const found = [readJson(NAMES_FORM, text), read(NAMES_FORM, parsePython(text))];
  return found.flatMap((names) => ('value' in names ? [names.value] : []))[0] ?? separated(text);
}

function separated(text: string): readonly string[] | undefined {
  if (/^\s*[[{(<]/.test(text)) return undefined;
  const separator = [/\r\n?|\n/, /;/, /,/].find((one) => one.test(text.trim()));
  const names = separator && text.trim().split(separator);
  return names?.map((name) => name.trim());
}
