/** Conventions from the files that Hugging Face's libraries keep beside a model. */
import { INTERPOLATIONS, type Interpolation } from '../resample';
import { namesByIndex } from './classes/labels';
import type { Conventions, InputConventions } from './conventions';
import { booleanAt, isRecord, type Json, numberAt, numbersAt, recordAt, stringAt } from './json';
import {
  convNext,
  type Processor,
  processorOf,
  type Sides,
  type Steps,
  typeOfModel,
  type Values,
} from './sources/processors';
import { timmInput } from './sources/timm';

export const PREPROCESSOR_FILE = 'preprocessor_config.json';
export const CONFIG_FILE = 'config.json';

export interface Read {
  readonly conventions: Conventions;
  /** What is asked for and can't be done, or had to be assumed, in words. */
  readonly notes: readonly string[];
}

/**
 * Of a `preprocessor_config.json` of transformers.
 *
 * @param modelType of the `config.json` beside it, which decides where the file names no type
 */
export function readPreprocessor(json: Json, modelType?: string): Read {
  const timm = recordAt(json, 'data_config') ?? recordAt(json, 'pretrained_cfg');
  if (timm) {
    const { input, notes } = timmInput(timm, true);
    return { conventions: { input }, notes };
  }
  // Its own file is config.json.
  if (stringAt(json, 'image_processor_type') === 'TimmWrapperImageProcessor') return { conventions: {}, notes: [] };
  const notes: string[] = [];
  const processor = typeIn(json, modelType, notes);
  const input: InputConventions = {
    ...geometryOf(json, processor, notes),
    interpolation: interpolationOf(json, notes) ?? processor?.interpolation,
    color: (booleanAt(json, 'do_flip_channel_order') ?? processor?.flips) ? 'BGR' : 'RGB',
    ...valuesOf(json, processor),
  };
  const missed = Object.keys(json).filter(
    (step) => /^do_\w{1,40}$/.test(step) && json[step] === true && !STEPS.has(step),
  );
  if (missed.length > 0) notes.push(`${missed.slice(0, 5).join(', ')}: asked for and not done`);
  if (processor?.note) notes.push(processor.note);
  return { conventions: { input }, notes };
}

/** Those that are followed, and those that change nothing of a picture in RGB. */
const STEPS: ReadonlySet<string> = new Set([
  'do_resize',
  'do_center_crop',
  'do_resize_and_center_crop',
  'do_rescale',
  'do_normalize',
  'do_flip_channel_order',
  'do_convert_rgb',
  'do_reduce_labels',
]);

/** The processor by its type; undefined, with a note, if it is not known. */
function typeIn(json: Json, modelType: string | undefined, notes: string[]): Processor | undefined {
  const said = stringAt(json, 'image_processor_type') ?? stringAt(json, 'feature_extractor_type');
  if (said !== undefined) {
    const processor = isRecord(json['auto_map']) ? undefined : processorOf(said);
    if (!processor)
      notes.push(`${said.slice(0, 60)}: not known; size, crop and normalisation are taken as their names say`);
    return processor;
  }
  const taken = modelType === undefined ? undefined : typeOfModel(modelType);
  notes.push(
    taken === undefined
      ? `${PREPROCESSOR_FILE}: names no type; size, crop and normalisation are taken as their names say`
      : `${PREPROCESSOR_FILE}: names no type; taken as ${taken}, as transformers does for ${modelType}`,
  );
  return taken === undefined ? undefined : processorOf(taken);
}

function geometryOf(json: Json, processor: Processor | undefined, notes: string[]): InputConventions {
  // A size that is missing is not known of a processor that is not known.
  const size = sidesAt(json, 'size', processor?.size.shortest !== undefined, notes) ?? processor?.size ?? {};
  const crops = booleanAt(json, 'do_center_crop') ?? processor?.crops ?? 'crop_size' in json;
  const side = processor?.crop;
  const crop = crops
    ? (sidesAt(json, 'crop_size', false, notes) ?? (side && { height: side, width: side }))
    : undefined;
  if (crops && !crop) notes.push('do_center_crop: no crop_size is given; nothing is cropped');
  const steps: Steps = { resize: size, crop: crop || undefined };
  if (booleanAt(json, 'do_resize') === false) return unresized(steps, notes);
  const change = processor ? processor.steps : stepsByPart;
  return fitOf(change ? change(steps, json) : steps, notes);
}

/** A processor that is not known and has a `crop_pct` is taken as ConvNeXt's, which most of those that have one are. */
function stepsByPart(steps: Steps, json: Json): Steps {
  const { height, width, shortest = height && width && Math.min(height, width) } = steps.resize;
  return numberAt(json, 'crop_pct') ? convNext({ resize: { shortest }, crop: steps.crop }, json) : steps;
}

function unresized({ crop }: Steps, notes: string[]): InputConventions {
  if (crop) return { width: crop.width, height: crop.height, fit: 'none' };
  notes.push("do_resize: false; images of another size than the input's are stretched");
  return { fit: 'stretch' };
}

function fitOf({ resize, crop }: Steps, notes: string[]): InputConventions {
  const { height, width, shortest } = resize;
  if (height && width) return stretched(height, width, crop, notes);
  if (!shortest) return {};
  if (!crop) notes.push('fit: the centre of the image, where the processor keeps all of it');
  const { height: rows = shortest, width: columns = shortest } = crop ?? {};
  return { width: columns, height: rows, fit: 'crop', resize: shortest };
}

function stretched(height: number, width: number, crop: Sides | undefined, notes: string[]): InputConventions {
  const { height: rows = height, width: columns = width } = crop ?? {};
  if (rows === height && columns === width) return { width, height, fit: 'stretch' };
  if (rows * width !== columns * height)
    notes.push(`fit: stretched to the crop's proportions, where ${width} x ${height} is asked for`);
  const resize = rows < columns ? height : width;
  return { width: columns, height: rows, fit: 'squash', resize };
}

/** A size is a number, [height, width], {height, width} or {shortest_edge}. */
function sidesAt(json: Json, key: string, numberIsShortest: boolean, notes: string[]): Sides | undefined {
  const side = numberAt(json, key);
  if (side !== undefined) return numberIsShortest ? { shortest: side } : { height: side, width: side };
  const [rows, columns] = numbersAt(json, key) ?? [];
  if (rows !== undefined && columns !== undefined) return { height: rows, width: columns };
  const sides = recordAt(json, key);
  if (!sides) return undefined;
  const [height, width] = [numberAt(sides, 'height'), numberAt(sides, 'width')];
  const shortest = numberAt(sides, 'shortest_edge');
  for (const limit of ['longest_edge', 'max_height', 'max_width'])
    if (numberAt(sides, limit) !== undefined) notes.push(`${key}.${limit}: not followed`);
  return (height && width) || shortest ? { height, width, shortest } : undefined;
}

/** Pillow's numbers of its filters. */
const PIL_FILTERS: readonly Interpolation[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

/** A number, or a name such as "bicubic" or "PILImageResampling.BICUBIC". */
function interpolationOf(json: Json, notes: string[]): Interpolation | undefined {
  const said = json['resample'] ?? json['interpolation'];
  if (said === undefined || said === null) return undefined;
  const filter = typeof said === 'number' ? PIL_FILTERS[said] : interpolationNamed(String(said));
  if (!filter) notes.push(`resample: ${String(said).slice(0, 40)} is not known`);
  return filter;
}

function interpolationNamed(name: string): Interpolation | undefined {
  const last = name.split('.').at(-1)!.toLowerCase();
  return INTERPOLATIONS.find((known) => known === last);
}

function valuesOf(json: Json, processor: Processor | undefined): Values {
  const normalises = booleanAt(json, 'do_normalize') ?? (!processor || processor.mean !== undefined);
  const std = channelsAt(json, 'image_std') ?? processor?.std;
  const scaled = booleanAt(json, 'do_rescale') ?? true;
  const values: Values = {
    scale: scaled ? (numberAt(json, 'rescale_factor') ?? 1 / 255) : 1,
    mean: normalises ? (channelsAt(json, 'image_mean') ?? processor?.mean) : 0,
    std: normalises ? std : 1,
  };
  return processor?.values?.(values, std, json) ?? values;
}

function channelsAt(json: Json, key: string): Values['mean'] {
  return numbersAt(json, key) ?? numberAt(json, key);
}

/** True for a `config.json` of transformers or timm; other programs have files of this name too. */
export function isModelConfig(json: Json): boolean {
  return ['model_type', 'architectures', 'architecture', 'pretrained_cfg', 'id2label'].some((key) => key in json);
}

/** Of a `config.json` of transformers, or of timm with its `pretrained_cfg`. */
export function readConfig(json: Json): Read {
  const timm = recordAt(json, 'pretrained_cfg') ?? (Array.isArray(json['input_size']) ? json : undefined);
  const severalLabels = stringAt(json, 'problem_type') === 'multi_label_classification';
  const wrapped = stringAt(json, 'model_type') === 'timm_wrapper';
  const { input, notes } = timm ? timmInput(timm, wrapped) : { input: undefined, notes: [] };
  return {
    conventions: {
      input,
      output: severalLabels ? { activation: 'sigmoid' } : undefined,
      names: timmNames(json) ?? (isRecord(json['id2label']) ? namesByIndex(json['id2label']) : undefined),
    },
    notes,
  };
}

function timmNames(json: Json): readonly string[] | undefined {
  const names = json['label_names'];
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return undefined;
  const descriptions = recordAt(json, 'label_descriptions') ?? {};
  return names.map((name) => stringAt(descriptions, name) ?? name);
}
