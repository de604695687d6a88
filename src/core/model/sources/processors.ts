/**
 * The image processors of Hugging Face's transformers: a row for each type, from what its class documents and does
 * (transformers 4, src/transformers/models/<model>/image_processing_<model>.py). If a file leaves a value out, it has
 * the default of the class, so each row has the defaults too.
 */
import type { Interpolation } from '../../resample';
import { IMAGENET_MEAN, IMAGENET_STD } from '../conventions';
import type { PreprocessorConfig } from './preprocessor-config';

/** Both sides, or the shorter one, in pixels. */
export interface Sides {
  readonly height?: number | undefined;
  readonly width?: number | undefined;
  readonly shortest?: number | undefined;
}

/** The size that an image is scaled to, and the size that is then cut out of its centre. */
export interface Steps {
  readonly resize: Sides;
  /** Undefined if nothing is cut off. */
  readonly crop: Sides | undefined;
}

/** value = ((pixel * scale) - mean) / std. */
export interface Values {
  readonly scale: number;
  readonly mean: number | readonly number[] | undefined;
  readonly std: number | readonly number[] | undefined;
}

export interface Processor {
  /** The default size. It also decides what a plain number in the file means: the shorter side, or both sides. */
  readonly size: Sides;
  /** Whether the processor crops if the file does not say, and the default sides of the crop in pixels. */
  readonly crops: boolean;
  readonly crop?: number;
  readonly interpolation: Interpolation;
  /** The default mean. If it is absent, values are only scaled unless the file says otherwise. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** True if the channels are blue, green and red unless the file says otherwise. */
  readonly flips?: boolean;
  /** For processors whose size and crop do not mean what their names say. */
  readonly steps?: (steps: Steps, config: PreprocessorConfig) => Steps;
  /** For processors that do not simply scale and normalise the values once. */
  readonly values?: (values: Values, std: Values['std'], config: PreprocessorConfig) => Values;
  /** What is only approximated, in words. */
  readonly note?: string;
}

const square = (side: number): Sides => ({ height: side, width: side });
const shortest = (side: number): Sides => ({ shortest: side });
const IMAGENET = { mean: IMAGENET_MEAN, std: IMAGENET_STD };
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const OPENAI = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };

const clip: Processor = { size: shortest(224), crops: true, crop: 224, interpolation: 'bicubic', ...OPENAI };
const mobileNet: Processor = { size: shortest(256), crops: true, crop: 224, interpolation: 'bilinear', ...HALF };
const deit: Processor = { size: square(256), crops: true, crop: 224, interpolation: 'bicubic', ...HALF };

/** Processors by the name of their class, without `ImageProcessor`. */
const PROCESSORS: Readonly<Record<string, Processor>> = {
  Beit: deit,
  Bit: clip,
  Blip: { size: square(384), crops: false, interpolation: 'bicubic', ...OPENAI },
  CLIP: clip,
  ChineseCLIP: clip,
  ConvNext: { size: shortest(384), crops: false, interpolation: 'bilinear', ...HALF, steps: convNext },
  DINOv3ViT: { size: square(224), crops: false, interpolation: 'bilinear', ...IMAGENET },
  DeiT: deit,
  EfficientFormer: { size: square(224), crops: true, crop: 224, interpolation: 'bicubic', ...IMAGENET },
  EfficientNet: {
    size: square(346),
    crops: false,
    crop: 289,
    interpolation: 'nearest',
    ...HALF,
    values: efficientNet,
  },
  Levit: { size: shortest(224), crops: true, crop: 224, interpolation: 'bicubic', ...IMAGENET, steps: levit },
  MobileNetV1: mobileNet,
  MobileNetV2: mobileNet,
  MobileViT: { size: shortest(224), crops: true, crop: 256, interpolation: 'bilinear', flips: true },
  Perceiver: {
    size: square(224),
    crops: true,
    crop: 256,
    interpolation: 'bicubic',
    ...IMAGENET,
    steps: perceiver,
    note: 'crop: after the resize, where before it is asked for (a pixel apart at most)',
  },
  PoolFormer: { size: shortest(224), crops: true, crop: 224, interpolation: 'bicubic', ...IMAGENET, steps: poolFormer },
  Pvt: { size: square(224), crops: false, interpolation: 'bilinear', ...IMAGENET },
  Segformer: { size: square(512), crops: false, interpolation: 'bilinear', ...IMAGENET },
  Siglip: { size: square(224), crops: false, interpolation: 'bicubic', ...HALF },
  ViT: { size: square(224), crops: false, interpolation: 'bilinear', ...HALF },
  ViTHybrid: clip,
};

/** The processor that transformers uses for a `model_type` if the file names none (AutoImageProcessor's table). */
const BY_MODEL: Readonly<Record<string, string>> = {
  align: 'EfficientNet',
  beit: 'Beit',
  bit: 'Bit',
  clip: 'CLIP',
  convnext: 'ConvNext',
  convnextv2: 'ConvNext',
  cvt: 'ConvNext',
  'data2vec-vision': 'Beit',
  deit: 'DeiT',
  dinat: 'ViT',
  dinov2: 'Bit',
  dinov2_with_registers: 'Bit',
  dinov3_vit: 'DINOv3ViT',
  efficientformer: 'EfficientFormer',
  efficientnet: 'EfficientNet',
  focalnet: 'Bit',
  hiera: 'Bit',
  ijepa: 'ViT',
  levit: 'Levit',
  mobilenet_v1: 'MobileNetV1',
  mobilenet_v2: 'MobileNetV2',
  mobilevit: 'MobileViT',
  mobilevitv2: 'MobileViT',
  nat: 'ViT',
  perceiver: 'Perceiver',
  poolformer: 'PoolFormer',
  pvt: 'Pvt',
  pvt_v2: 'Pvt',
  regnet: 'ConvNext',
  resnet: 'ConvNext',
  segformer: 'Segformer',
  siglip: 'Siglip',
  swiftformer: 'ViT',
  swin: 'ViT',
  swinv2: 'ViT',
  van: 'ConvNext',
  vit: 'ViT',
  vit_hybrid: 'ViTHybrid',
  vit_msn: 'ViT',
};

/** @param type such as ViTImageProcessor, ViTImageProcessorFast or ViTFeatureExtractor */
export function processorOf(type: string): Processor | undefined {
  const name = type.replace(/(FeatureExtractor|ImageProcessor(Fast|Pil)?)$/, '');
  return name !== type && Object.hasOwn(PROCESSORS, name) ? PROCESSORS[name] : undefined;
}

/** The type that transformers uses for a model whose files name none. */
export function typeOfModel(modelType: string): string | undefined {
  return Object.hasOwn(BY_MODEL, modelType) ? `${BY_MODEL[modelType]}ImageProcessor` : undefined;
}

/** The default `crop_pct` for small images: the part of the shorter side that is kept. */
const CONVNEXT_PART = 224 / 256;

/** For sizes of 384 pixels and more, the whole image is stretched. */
export function convNext({ resize, crop }: Steps, { crop_pct }: PreprocessorConfig): Steps {
  const side = resize.shortest;
  if (side === undefined) return { resize, crop };
  if (side >= 384) return { resize: square(side), crop };
  return { resize: shortest(Math.floor(side / (crop_pct ?? CONVNEXT_PART))), crop: square(side) };
}

function levit({ resize, crop }: Steps): Steps {
  return { resize: resize.shortest ? shortest(Math.floor((256 / 224) * resize.shortest)) : resize, crop };
}

const POOLFORMER_PART = 0.9;

/** A square size counts as its side. `crop_pct: null` turns the scaling off. */
function poolFormer({ resize, crop }: Steps, { crop_pct }: PreprocessorConfig): Steps {
  const part = crop_pct === null ? undefined : (crop_pct ?? POOLFORMER_PART);
  const { height, width } = resize;
  const side = resize.shortest ?? (height === width ? height : undefined);
  if (!part) return { resize, crop };
  if (side !== undefined) return { resize: shortest(Math.floor(side / part)), crop };
  const scaled = (length: number | undefined) => length && Math.floor(length / part);
  return { resize: { height: scaled(height), width: scaled(width) }, crop };
}

/** The middle size / crop_size of the shorter side is cut out and resized to size. */
function perceiver({ resize, crop }: Steps): Steps {
  return { resize: crop?.height ? shortest(crop.height) : resize, crop: crop && resize };
}

/**
 * `rescale_offset` subtracts 1 after scaling. `include_top` divides by the standard deviation once more, whether the
 * values were normalised or not.
 */
function efficientNet({ scale, mean, std }: Values, spread: Values['std'], config: PreprocessorConfig): Values {
  const { do_rescale: rescaled = true, rescale_offset = false, include_top = true } = config;
  const offset = rescale_offset && rescaled ? 1 : 0;
  const again = include_top ? (spread ?? 1) : 1;
  return { scale, mean: combined(mean ?? 0, offset, (a, b) => a + b), std: combined(std ?? 1, again, (a, b) => a * b) };
}

type Channels = number | readonly number[];

function combined(a: Channels, b: Channels, f: (a: number, b: number) => number): Channels {
  if (typeof a === 'number' && typeof b === 'number') return f(a, b);
  const length = typeof a === 'number' ? (b as readonly number[]).length : a.length;
  const at = (value: Channels, i: number) => (typeof value === 'number' ? value : value[i]!);
  return Array.from({ length }, (_, i) => f(at(a, i), at(b, i)));
}
