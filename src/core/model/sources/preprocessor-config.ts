/** The schema of those parts of a transformers `preprocessor_config.json` that are used. */
import * as v from 'valibot';
import { fields, finite, lenient, numbers, record } from '../../schema';
import { TIMM } from './timm';

const flag = lenient(v.boolean());
const number = lenient(finite);
const name = lenient(v.string());

const sides = fields({
  height: number,
  width: number,
  shortest_edge: number,
  longest_edge: number,
  max_height: number,
  max_width: number,
});

const pair = v.pipe(
  v.tuple([finite, finite]),
  v.transform(([height, width]): v.InferOutput<typeof sides> => ({ height, width })),
);

/** A number, [height, width], {height, width} or {shortest_edge}. */
const size = lenient(v.union([finite, pair, sides]));

/** One value, or one for each channel. */
const channels = lenient(v.union([finite, numbers]));

export const PREPROCESSOR = fields({
  image_processor_type: name,
  feature_extractor_type: name,
  auto_map: lenient(record),
  data_config: lenient(TIMM),
  pretrained_cfg: lenient(TIMM),
  size,
  do_resize: flag,
  crop_size: size,
  do_center_crop: flag,
  /** Null is a value of its own here: it means that nothing is cut off. */
  crop_pct: lenient(v.nullable(finite)),
  /** A number, or a name such as "bicubic" or "PILImageResampling.BICUBIC". */
  resample: v.optional(v.unknown()),
  interpolation: v.optional(v.unknown()),
  do_flip_channel_order: flag,
  do_rescale: flag,
  rescale_factor: number,
  rescale_offset: flag,
  do_normalize: flag,
  image_mean: channels,
  image_std: channels,
  include_top: flag,
});

export type PreprocessorConfig = v.InferOutput<typeof PREPROCESSOR>;
