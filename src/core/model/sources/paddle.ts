/** Conventions of PaddleClas' inference.yml (deploy/python/preprocess.py there). */
import { INTERPOLATIONS, type Interpolation } from '../../resample';
import { IMAGENET_MEAN, IMAGENET_STD, type InputConventions } from '../conventions';
import type { Read } from '../hugging-face';
import { isRecord, type Json, numberAt, numbersAt, recordAt, stringAt } from '../json';

interface Steps {
  /** [width, height], or the shorter side. */
  readonly resize?: readonly number[] | undefined;
  readonly shortest?: number | undefined;
  readonly interpolation?: Interpolation;
  /** [width, height] */
  readonly crop?: readonly number[] | undefined;
  readonly input?: InputConventions;
  readonly note?: string;
}

type Reader = (options: Json) => Steps;

/** By the name of the operator. */
const OPERATORS: Readonly<Record<string, Reader>> = {
  DecodeImage: (options) => ({ input: { color: options['to_rgb'] === false ? 'BGR' : 'RGB' } }),
  ResizeImage: (options) => ({
    shortest: numberAt(options, 'resize_short'),
    resize: pairAt(options, 'size'),
    interpolation: filterOf(options),
    ...(stringAt(options, 'backend')?.toLowerCase() !== 'pil' && {
      note: "resize: smoothed as Pillow does it, where OpenCV's is asked for, which is not",
    }),
  }),
  CropImage: (options) => ({ crop: pairAt(options, 'size') }),
  NormalizeImage: (options) => ({
    input: {
      scale: factorOf(options['scale']),
      mean: numbersAt(options, 'mean') ?? IMAGENET_MEAN,
      std: numbersAt(options, 'std') ?? IMAGENET_STD,
    },
  }),
  ToCHWImage: () => ({}),
};

/** @param file with `PreProcess` */
export function readPaddle(file: Json): Read {
  const notes: string[] = [];
  const listed = recordAt(file, 'PreProcess')?.['transform_ops'];
  const said = (Array.isArray(listed) ? listed : []).map((operator): Steps => {
    const [name = '', options] = isRecord(operator) ? (Object.entries(operator)[0] ?? []) : [];
    const read = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (!read) notes.push(`${name.slice(0, 40) || 'transform_ops'}: asked for and not done`);
    return read?.(isRecord(options) ? options : {}) ?? {};
  });
  const steps: Steps = Object.assign({}, ...said);
  if (isOutOfProportion(steps)) notes.push("fit: stretched to the crop's proportions, where others are asked for");
  notes.push(...said.flatMap(({ note }) => note ?? []));
  return {
    conventions: {
      input: {
        color: 'RGB',
        ...geometryOf(steps),
        ...(steps.interpolation && { interpolation: steps.interpolation }),
        ...Object.assign({}, ...said.map(({ input }) => input)),
      },
      names: namesIn(file),
    },
    notes,
  };
}

function geometryOf({ resize, shortest, crop }: Steps): InputConventions {
  const [width, height] = crop ?? resize ?? [];
  if (shortest) return { width, height, fit: 'crop', resize: shortest };
  if (!resize || !width || !height) return {};
  if (!crop || (width === resize[0] && height === resize[1])) return { width, height, fit: 'stretch' };
  return { width, height, fit: 'squash', resize: width < height ? resize[0] : resize[1] };
}

/** Whether an image is stretched to other proportions than what is cut out of it. */
function isOutOfProportion({ resize, shortest, crop }: Steps): boolean {
  return !shortest && resize !== undefined && crop !== undefined && resize[0]! * crop[1]! !== resize[1]! * crop[0]!;
}

/** A number for both, or a pair. */
function pairAt(options: Json, key: string): readonly number[] | undefined {
  const side = numberAt(options, key);
  const sides = side === undefined ? numbersAt(options, key) : [side, side];
  return sides?.length === 2 ? sides : undefined;
}

function filterOf(options: Json): Interpolation {
  const name = stringAt(options, 'interpolation')?.toLowerCase();
  return INTERPOLATIONS.find((known) => known === name) ?? 'bilinear';
}

/** A number, or a quotient as text, which PaddleClas evaluates. */
function factorOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const [, above, below] = /^\s*([\d.]+)\s*\/\s*([\d.]+)\s*$/.exec(String(value)) ?? [];
  return above && below ? Number(above) / Number(below) : Number(value ?? 1 / 255) || 1 / 255;
}

function namesIn(file: Json): readonly string[] | undefined {
  const post = recordAt(file, 'PostProcess') ?? {};
  const names = recordAt(post, 'Topk')?.['label_list'] ?? post['label_list'];
  return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
}
