/**
 * One map from several layers: each layer's map is scaled to its own largest value, then the mean is taken (as in
 * jacobgil/pytorch-grad-cam).
 */

import type { Size } from '../geometry';
import type { MethodFrame } from '../saliency';
import { saliencyOf } from '../saliency';
import { addScaled } from './maps';
import type { MethodRun } from './network';

/**
 * Runs a method on one layer after the other; frames hold the mean of the layers so far.
 *
 * @param runs starts the method on each layer, when its turn has come
 * @param inputSize size of the network's input, which the maps are resized to
 */
export async function* severalLayers(runs: readonly (() => MethodRun)[], inputSize: Size): MethodRun {
  const sum = new Float64Array(inputSize.width * inputSize.height);
  const [reasons, notes]: [string[], string[]] = [[], []];
  let signed = false;
  for (const [layer, start] of runs.entries()) {
    const run = start();
    let scaled: Float32Array = new Float32Array();
    let isSigned = false;
    let next = await run.next();
    for (; !next.done; next = await run.next()) {
      const frame: MethodFrame = next.value;
      scaled = saliencyOf({ ...frame, inputSize }).map;
      isSigned = signed || frame.signed;
      const map = scaled.map((value, i) => (value + sum[i]!) / (layer + 1));
      const progress = { done: layer * frame.total + frame.done, total: runs.length * frame.total };
      yield { ...progress, height: inputSize.height, width: inputSize.width, map, offset: 0, signed: isSigned };
    }
    addScaled(sum, scaled, 1);
    signed = isSigned;
    reasons.push(next.value.whyBlank);
    if (next.value.note) notes.push(next.value.note);
  }
  const note = notes.length > 0 && `${notes.length} of ${runs.length} layers: ${unique(notes)}`;
  return { whyBlank: unique(reasons), ...(note && { note }) };
}

const unique = (texts: readonly string[]): string => [...new Set(texts)].join('; ');
