/**
 * Average drop and increase in confidence (Grad-CAM++, arXiv 1710.11063, section 4.1): how much the probability of the
 * class falls if only the salient part of an image is shown. Y is the probability for the image, O that for the image
 * multiplied by the map.
 */
import { maskedImage } from './masked';
import type { MetricResult, Subject } from './metric';

export async function averageDrop(subject: Subject): Promise<MetricResult> {
  const [image, shown] = [subject.target.score(subject.network.outputs), await scoreShown(subject)];
  const drop = dropOf(image, shown);
  return { scores: { ...(drop !== undefined && { drop }), increase: shown > image ? 1 : 0 } };
}

/** O. */
export async function scoreShown({ network, saliency, target }: Subject): Promise<number> {
  let shown = Number.NaN;
  for await (const chunk of network.scoreImages([{ image: maskedImage(network.input, saliency) }])) {
    shown = target.score(chunk[0]!.outputs);
  }
  return shown;
}

/** max(0, Y - O) / Y, from 0 to 1; undefined if Y is 0. */
export function dropOf(image: number, shown: number): number | undefined {
  return image > 0 ? Math.max(0, image - shown) / image : undefined;
}
