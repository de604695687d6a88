/** Conventions from the files that Hugging Face's libraries keep beside a model. */
import * as v from 'valibot';
import { INTERPOLATIONS, type Interpolation } from '../resample';
import { fields, type Json, lenient, record } from '../schema';
import { namesByIndex, namesOfIndices } from './classes/labels';
import type { Conventions, InputConventions } from './conventions';
import { PREPROCESSOR, type PreprocessorConfig } from './sources/preprocessor-config';
import {
  convNext,
  type Processor,
  processorOf,
  type Sides,
  type Steps,
  typeOfModel,
  type Values,
} from './sources/processors';
import { TIMM, timmInput } from './sources/timm';

export const PREPROCESSOR_FILE = 'preprocessor_config.json';
export const CONFIG_FILE = 'config.json';

export interface Read {
  readonly conventions: Conventions;
  /** What the file asks for and can't be done, or what had to be assumed, in words. */
  readonly notes: readonly string[];
}

/**
 * Reads a `preprocessor_config.json` of transformers.
 *
 * @param modelType that of the `config.json` beside the file; it decides if the file names no type of processor
 */
export function readPreprocessor(whole: Json, modelType?: string): Read {
  // The file of a processor of several kinds of input has that of images in it.
  const file = v.is(record, whole['image_processor']) ? whole['image_processor'] : whole;
  const config = v.parse(PREPROCESSOR, file);
  const timm = config.data_config ?? config.pretrained_cfg;
  if (timm) {
    const { input, notes } = timmInput(timm, true);
    return { conventions: { input }, notes };
  }
  // timm's settings are in config.json.
  if (config.image_processor_type === 'TimmWrapperImageProcessor') return { conventions: {}, notes: [] };
  const notes: string[] = [];
  const processor = typeIn(config, modelType, notes);
  const input: InputConventions = {
    ...geometryOf(config, processor, notes),
    interpolation: interpolationOf(config, notes) ?? processor?.interpolation,
    color: (config.do_flip_channel_order ?? processor?.flips) ? 'BGR' : 'RGB',
    ...valuesOf(config, processor),
  };
  const missed = Object.keys(file).filter(
    (step) => /^do_\w{1,40}$/.test(step) && file[step] === true && !STEPS.has(step),
  );
  if (missed.length > 0) notes.push(`${missed.slice(0, 5).join(', ')}: asked for and not done`);
  if (processor?.note) notes.push(processor.note);
  return { conventions: { input }, notes };
}

/** Steps that are followed, and steps that do not change an RGB picture. */
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

/** The processor of the file's type. An unknown type gives undefined and a note. */
function typeIn(config: PreprocessorConfig, modelType: string | undefined, notes: string[]): Processor | undefined {
  const said = config.image_processor_type ?? config.feature_extractor_type;
  if (said !== undefined) {
    const processor = config.auto_map ? undefined : processorOf(said);
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

function geometryOf(config: PreprocessorConfig, processor: Processor | undefined, notes: string[]): InputConventions {
  // An unknown processor has no default size.
  const size = sidesAt(config, 'size', processor?.size.shortest !== undefined, notes) ?? processor?.size ?? {};
  const crops = config.do_center_crop ?? processor?.crops ?? 'crop_size' in config;
  const side = processor?.crop;
  const crop = crops
    ? (sidesAt(config, 'crop_size', false, notes) ?? (side && { height: side, width: side }))
    : undefined;
  if (crops && !crop) notes.push('do_center_crop: no crop_size is given; nothing is cropped');
  const steps: Steps = { resize: size, crop: crop || undefined };
  if (config.do_resize === false) return unresized(steps, notes);
  const change = processor ? processor.steps : stepsByPart;
  return fitOf(change ? change(steps, config) : steps, notes);
}

/** An unknown processor with a `crop_pct` is treated as ConvNeXt's, since most processors with this key are. */
function stepsByPart(steps: Steps, config: PreprocessorConfig): Steps {
  const { height, width, shortest = height && width && Math.min(height, width) } = steps.resize;
  return config.crop_pct ? convNext({ resize: { shortest }, crop: steps.crop }, config) : steps;
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

/** @param numberIsShortest what a number alone means: the shorter side, or both */
function sidesAt(
  config: PreprocessorConfig,
  key: 'size' | 'crop_size',
  numberIsShortest: boolean,
  notes: string[],
): Sides | undefined {
  const size = config[key];
  if (size === undefined) return undefined;
  if (typeof size === 'number') return numberIsShortest ? { shortest: size } : { height: size, width: size };
  const { height, width, shortest_edge: shortest } = size;
  for (const limit of ['longest_edge', 'max_height', 'max_width'] as const)
    if (size[limit] !== undefined) notes.push(`${key}.${limit}: not followed`);
  return (height && width) || shortest ? { height, width, shortest } : undefined;
}

/** Filters by Pillow's numbers. */
const PIL_FILTERS: readonly Interpolation[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

function interpolationOf({ resample, interpolation }: PreprocessorConfig, notes: string[]): Interpolation | undefined {
  const said = resample ?? interpolation;
  if (said === undefined || said === null) return undefined;
  const filter = typeof said === 'number' ? PIL_FILTERS[said] : interpolationNamed(String(said));
  if (!filter) notes.push(`resample: ${String(said).slice(0, 40)} is not known`);
  return filter;
}

function interpolationNamed(name: string): Interpolation | undefined {
  const last = name.split('.').at(-1)!.toLowerCase();
  return INTERPOLATIONS.find((known) => known === last);
}

function valuesOf(config: PreprocessorConfig, processor: Processor | undefined): Values {
  const { do_normalize: normalises = !processor || processor.mean !== undefined, do_rescale: scaled = true } = config;
  const { rescale_factor = 1 / 255, image_mean = processor?.mean, image_std = processor?.std } = config;
  const values: Values = {
    scale: scaled ? rescale_factor : 1,
    mean: normalises ? image_mean : 0,
    std: normalises ? image_std : 1,
  };
  return processor?.values?.(values, image_std, config) ?? values;
}

/** True for a `config.json` of transformers or timm; other programs have files of this name too. */
export function isModelConfig(json: Json): boolean {
  return ['model_type', 'architectures', 'architecture', 'pretrained_cfg', 'id2label'].some((key) => key in json);
}

const CONFIG = fields({
  model_type: lenient(v.string()),
  problem_type: lenient(v.string()),
  id2label: lenient(namesByIndex),
  label2id: lenient(namesOfIndices),
  pretrained_cfg: lenient(TIMM),
  input_size: lenient(v.array(v.unknown())),
  label_names: lenient(v.array(v.string())),
  label_descriptions: lenient(record),
});

/** What `readPreprocessor` takes from the `config.json` beside its file. */
export function modelTypeOf(file: Json): string | undefined {
  return v.parse(CONFIG, file).model_type;
}

/** Reads a `config.json` of transformers, or of timm with its `pretrained_cfg`. */
export function readConfig(file: Json): Read {
  const { model_type, problem_type, label2id, id2label = label2id, ...config } = v.parse(CONFIG, file);
  const timm = config.pretrained_cfg ?? (config.input_size && v.parse(TIMM, file));
  const { input, notes } = timm ? timmInput(timm, model_type === 'timm_wrapper') : { input: undefined, notes: [] };
  // A class may have a name that every object has a property of, such as `constructor`.
  const descriptions = new Map(Object.entries(config.label_descriptions ?? {}));
  const described = (name: string): string => {
    const description = descriptions.get(name);
    return typeof description === 'string' ? description : name;
  };
  return {
    conventions: {
      input,
      output: problem_type === 'multi_label_classification' ? { activation: 'sigmoid' } : undefined,
      names: config.label_names?.map(described) ?? id2label,
    },
    notes,
  };
}
