/** Conventions from the files that Hugging Face's libraries keep beside a model. */
import type { Conventions, InputConventions } from './conventions';
import { isRecord, type Json, numberAt, numbersAt, recordAt, stringAt } from './json';
import { namesByIndex } from './labels';

export const PREPROCESSOR_FILE = 'preprocessor_config.json';
export const CONFIG_FILE = 'config.json';

interface Read {
  readonly conventions: Conventions;
  readonly notes: readonly string[];
}

/** Of a `preprocessor_config.json` of transformers. */
export function readPreprocessor(json: Json): Read {
  const normalised = json['do_normalize'] !== false;
  return {
    conventions: {
      input: {
        ...geometryOf(json),
        color: json['do_flip_channel_order'] === true ? 'BGR' : 'RGB',
        scale: json['do_rescale'] === false ? 1 : (numberAt(json, 'rescale_factor') ?? 1 / 255),
        mean: normalised ? valuesAt(json, 'image_mean') : 0,
        std: normalised ? valuesAt(json, 'image_std') : 1,
      },
    },
    notes: [...notBilinear(PIL_FILTERS[numberAt(json, 'resample') ?? BILINEAR]), ...notSqueezed(json)],
  };
}

/** PIL's numbers of filters. */
const PIL_FILTERS: Readonly<Record<number, string>> = {
  0: 'nearest',
  1: 'lanczos',
  3: 'bicubic',
  4: 'box',
  5: 'hamming',
};
const BILINEAR = 2;

function notBilinear(filter: string | undefined): string[] {
  return filter === undefined || filter === 'bilinear' ? [] : [`resampling: bilinear, where ${filter} is asked for`];
}

/** Where the processor changes an image's proportions before it crops. */
function notSqueezed(json: Json): string[] {
  const size = recordAt(json, 'size') ?? {};
  const squeezed = json['do_center_crop'] === true && 'height' in size;
  return squeezed ? ['fit: proportions are kept, where stretching before the crop is asked for'] : [];
}

function valuesAt(json: Json, key: string): number | readonly number[] | undefined {
  return numbersAt(json, key) ?? numberAt(json, key);
}

function geometryOf(json: Json): InputConventions {
  const size = sidesAt(json, 'size');
  const crop = sidesAt(json, 'crop_size');
  const shortest = size.shortest ?? (size.height && size.width && Math.min(size.height, size.width));
  const part = numberAt(json, 'crop_pct');
  if (part && shortest) return convNext(shortest, part);
  if (json['do_center_crop'] !== false && crop.height && crop.width)
    return { width: crop.width, height: crop.height, fit: 'crop', resize: shortest };
  if (size.height && size.width) return { width: size.width, height: size.height, fit: 'stretch' };
  return shortest ? { width: shortest, height: shortest, fit: 'crop', resize: shortest } : {};
}

/** ConvNeXt's processor, which ResNet and others use too: from 384 pixels up it stretches the whole image. */
function convNext(side: number, part: number): InputConventions {
  const square = { width: side, height: side };
  return side < 384 ? { ...square, fit: 'crop', resize: Math.floor(side / part) } : { ...square, fit: 'stretch' };
}

interface Sides {
  readonly height?: number | undefined;
  readonly width?: number | undefined;
  readonly shortest?: number | undefined;
}

/** A size is a number, {height, width} or {shortest_edge}. */
function sidesAt(json: Json, key: string): Sides {
  const side = numberAt(json, key);
  if (side !== undefined) return { height: side, width: side };
  const sides = recordAt(json, key) ?? {};
  const [height, width] = [numberAt(sides, 'height'), numberAt(sides, 'width')];
  return { height, width, shortest: numberAt(sides, 'shortest_edge') };
}

/** True for a `config.json` of transformers or timm; other programs have files of this name too. */
export function isModelConfig(json: Json): boolean {
  return ['model_type', 'architectures', 'architecture', 'pretrained_cfg', 'id2label'].some((key) => key in json);
}

/** Of a `config.json` of transformers, or of timm with its `pretrained_cfg`. */
export function readConfig(json: Json): Read {
  const timm = recordAt(json, 'pretrained_cfg') ?? (Array.isArray(json['input_size']) ? json : undefined);
  const severalLabels = stringAt(json, 'problem_type') === 'multi_label_classification';
  return {
    conventions: {
      input: timm && timmInput(timm),
      output: severalLabels ? { activation: 'sigmoid' } : undefined,
      names: timmNames(json) ?? (isRecord(json['id2label']) ? namesByIndex(json['id2label']) : undefined),
    },
    notes: timm ? notBilinear(stringAt(timm, 'interpolation')) : [],
  };
}

/** timm's own default. */
const TIMM_CROP = 0.875;

function timmInput(json: Json): InputConventions {
  const [, height, width] = numbersAt(json, 'input_size') ?? [];
  const part = numberAt(json, 'crop_pct') ?? TIMM_CROP;
  const mode = stringAt(json, 'crop_mode');
  const shorter = height && width && Math.min(height, width);
  return {
    width,
    height,
    fit: mode === 'border' ? 'pad' : mode === 'squash' && part === 1 ? 'stretch' : 'crop',
    resize: shorter && Math.floor(shorter / part),
    color: 'RGB',
    scale: 1 / 255,
    mean: valuesAt(json, 'mean'),
    std: valuesAt(json, 'std'),
  };
}

function timmNames(json: Json): readonly string[] | undefined {
  const names = json['label_names'];
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return undefined;
  const descriptions = recordAt(json, 'label_descriptions') ?? {};
  return names.map((name) => stringAt(descriptions, name) ?? name);
}
