/** Merge: the saliency map is the sum of the masks, each weighted by its effect on the class's score (equation 7). */
import type { Frame } from '../saliency';
import { isConstant, type Mask } from './masks';
import type { Variant } from './variants';

/**
 * Equation 6: alpha_l = p_c(I_l) - p_c(B). The authors' code sets negative differences to 0.
 *
 * @param probability p_c on the image blended by the mask
 * @param blurred p_c on the blurred image
 */
export function maskScore(probability: number, blurred: number, variant: Variant): number {
  const gain = probability - blurred;
  return variant === 'official' ? Math.max(gain, 0) : gain;
}

/**
 * Equation 7, L = ReLU(sum over l of alpha_l M'_l), without the upsampling and the ReLU. Since M'_l is linear in M_l,
 * the sum is one map of the layer's size and one number (see `Frame`). The authors' code sums the masks before
 * normalisation.
 *
 * @param scores alpha, one for each mask; 0 for masks that are constant or not scored yet
 */
export function merge(masks: readonly Mask[], scores: Float32Array, variant: Variant): Pick<Frame, 'map' | 'offset'> {
  const sum = new Float64Array(masks[0]!.map.length);
  let offset = 0;
  masks.forEach((mask, l) => {
    if (scores[l] === 0) return;
    const weight = variant === 'official' ? scores[l]! : scores[l]! / (mask.hi - mask.lo);
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * mask.map[i]!;
    if (variant !== 'official') offset += weight * mask.lo;
  });
  return { map: Float32Array.from(sum), offset };
}

/** Why a Group-CAM map is blank, in words for the user. */
export function whyBlank(masks: readonly Mask[], scores: Float32Array): string {
  if (masks.every(isConstant))
    return 'every mask is empty: no group of channels has evidence for this class above the threshold';
  if (scores.every((score) => score <= 0))
    return 'no positive evidence: no mask raises the probability of this class above that of the blurred image';
  return 'no positive evidence: masks that lower the probability of this class outweigh those that raise it';
}
