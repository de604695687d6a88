/** Conventions of timm's `pretrained_cfg` (timm/data/config.py, transforms_imagenet_eval in timm/data/transforms_factory.py). */
import * as v from 'valibot';
import type { Fit } from '../../geometry';
import { INTERPOLATIONS } from '../../resample';
import { fields, finite, lenient, numbers } from '../../schema';
import { IMAGENET_MEAN, IMAGENET_STD, type InputConventions } from '../conventions';

export const TIMM = fields({
  /** [channels, height, width] */
  input_size: lenient(numbers),
  test_input_size: lenient(numbers),
  crop_pct: lenient(finite),
  test_crop_pct: lenient(finite),
  crop_mode: lenient(v.string()),
  crop_border_pixels: lenient(finite),
  interpolation: lenient(v.string()),
  mean: lenient(numbers),
  std: lenient(numbers),
});

const CROP_PART = 0.875;

/**
 * Fits by `crop_mode`: the image is scaled to cover a size, stretched to it, or scaled to lie within it, and `crop_pct`
 * of that size is kept.
 */
const FITS: Readonly<Record<string, Fit>> = { center: 'crop', squash: 'squash', border: 'pad' };

/** @param tests whether to use the size for testing if there is one, as transformers' wrapper does and timm does not */
export function timmInput(
  config: v.InferOutput<typeof TIMM>,
  tests = false,
): { input: InputConventions; notes: readonly string[] } {
  const notes: string[] = [];
  const [, height, width] = (tests && config.test_input_size) || (config.input_size ?? []);
  const shorter = height && width && Math.min(height, width);
  const part = (tests && config.test_crop_pct) || config.crop_pct || CROP_PART;
  const resize = shorter && Math.floor(shorter / part);
  const mode = config.crop_mode ?? 'center';
  const fit = Object.hasOwn(FITS, mode) ? FITS[mode] : undefined;
  if (!fit) notes.push(`crop_mode: ${mode.slice(0, 40)} is not known; the centre of the image is taken`);
  if (fit === 'crop' && height !== width) notes.push(`resize: the shorter side to ${resize}, where both sides decide`);
  const longer = Math.max(height ?? 0, width ?? 0);
  // timm rounds both sides down independently.
  if (fit === 'squash' && resize && Math.floor((longer * resize) / shorter) !== Math.floor(longer / part))
    notes.push(`resize: the shorter side to ${resize}, and the longer in proportion, a pixel from what is asked for`);
  if (fit === 'pad') notes.push('padding: the mean colour, which timm rounds to 8 bits');
  if (config.crop_border_pixels) notes.push('crop_border_pixels: not followed');
  const filter = config.interpolation ?? 'bicubic';
  const interpolation = INTERPOLATIONS.find((known) => known === filter);
  if (!interpolation) notes.push(`interpolation: bilinear, where ${filter.slice(0, 40)} is asked for`);
  return {
    input: {
      width,
      height,
      fit: fit === 'squash' && resize === shorter ? 'stretch' : (fit ?? 'crop'),
      resize,
      interpolation: interpolation ?? 'bilinear',
      color: 'RGB',
      scale: 1 / 255,
      mean: config.mean ?? IMAGENET_MEAN,
      std: config.std ?? IMAGENET_STD,
    },
    notes,
  };
}
