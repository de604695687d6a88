/** Conventions of PaddleClas' inference.yml (deploy/python/preprocess.py there). */
import * as v from 'valibot';
import { INTERPOLATIONS, type Interpolation } from '../../resample';
import { fields, finite, lenient, numbers, record } from '../../schema';
import { IMAGENET_MEAN, IMAGENET_STD, type InputConventions } from '../conventions';
import type { Read } from '../hugging-face';

/** The options of all operators; each operator uses some of them. */
const OPTIONS = fields({
  to_rgb: lenient(v.boolean()),
  resize_short: lenient(finite),
  /** [width, height], or a number for both. */
  size: lenient(
    v.union([
      v.pipe(
        finite,
        v.transform((side): readonly number[] => [side, side]),
      ),
      v.pipe(
        numbers,
        v.check((sides) => sides.length === 2),
      ),
    ]),
  ),
  interpolation: lenient(v.pipe(v.string(), v.toLowerCase())),
  backend: lenient(v.pipe(v.string(), v.toLowerCase())),
  /** A number, or a quotient as text, which is evaluated. */
  scale: lenient(v.union([v.number(), v.string()])),
  mean: lenient(numbers),
  std: lenient(numbers),
});

const names = lenient(v.array(v.string()));

export const PADDLE = fields({
  /** A list of objects with one key, the operator's name, whose value has its options. */
  PreProcess: fields({ transform_ops: v.fallback(v.array(v.unknown()), []) }),
  PostProcess: lenient(fields({ Topk: lenient(fields({ label_list: names })), label_list: names })),
});

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

type Reader = (options: v.InferOutput<typeof OPTIONS>) => Steps;

/** Readers by the name of the operator. */
const OPERATORS: Readonly<Record<string, Reader>> = {
  DecodeImage: ({ to_rgb }) => ({ input: { color: to_rgb === false ? 'BGR' : 'RGB' } }),
  ResizeImage: ({ resize_short, size, interpolation, backend }) => ({
    shortest: resize_short,
    resize: size,
    interpolation: INTERPOLATIONS.find((known) => known === interpolation) ?? 'bilinear',
    ...(backend !== 'pil' && {
      note: "resize: smoothed as Pillow does it, where OpenCV's is asked for, which is not",
    }),
  }),
  CropImage: ({ size }) => ({ crop: size }),
  NormalizeImage: ({ scale, mean = IMAGENET_MEAN, std = IMAGENET_STD }) => ({
    input: { scale: factorOf(scale), mean, std },
  }),
  ToCHWImage: () => ({}),
};

export function readPaddle({ PreProcess, PostProcess }: v.InferOutput<typeof PADDLE>): Read {
  const notes: string[] = [];
  const said = PreProcess.transform_ops.map((operator): Steps => {
    const [name = '', options] = v.is(record, operator) ? (Object.entries(operator)[0] ?? []) : [];
    const read = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (!read) notes.push(`${name.slice(0, 40) || 'transform_ops'}: asked for and not done`);
    return read?.(v.is(record, options) ? v.parse(OPTIONS, options) : {}) ?? {};
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
      names: PostProcess?.Topk?.label_list ?? PostProcess?.label_list,
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

/** Whether the proportions of the stretched image differ from those of the crop. */
function isOutOfProportion({ resize, shortest, crop }: Steps): boolean {
  return !shortest && resize !== undefined && crop !== undefined && resize[0]! * crop[1]! !== resize[1]! * crop[0]!;
}

/** A number, or a quotient as text, which PaddleClas evaluates. */
function factorOf(value: number | string = 1 / 255): number {
  if (typeof value === 'number') return value;
  const [, above, below] = /^\s*([\d.]+)\s*\/\s*([\d.]+)\s*$/.exec(value) ?? [];
  return above && below ? Number(above) / Number(below) : Number(value) || 1 / 255;
}
