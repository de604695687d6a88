/** Maps of scores that are all the same, or that single precision can't tell apart: they are blank, with the reason. */
import { blankFrame, type MethodFrame } from '../saliency';
import type { Target } from '../target/target';
import type { MethodResult, MethodRun } from './network';

/**
 * Single precision holds all digits of a number down to 2^-126, about 1e-38, and fewer below; graphics cards may take what is
 * below for 0. Where the largest score of a run is a thousand times that, nothing of it is seen in a map.
 */
export const FAINT = 2 ** -116;

const below = FAINT.toPrecision(1);
const WHY = `the score of this class is below ${below} whatever is shown, where single precision does not tell scores apart; choose another class, or a method that reads its logit, such as Grad-CAM, Ablation-CAM or Occlusion`;

/** Whether single precision does not tell these scores apart, since all of them are too small. A difference of logits is never so. */
export const areFaint = (
  { startsAtZero }: Pick<Target, 'startsAtZero'>,
  { least, most }: { readonly least: number; readonly most: number },
): boolean => startsAtZero && Math.max(-least, most) < FAINT;

/**
 * A run of a method. If it reads several scores, and they are all the same or too small to be told apart, it ends with a blank map
 * and the reason: what it would draw otherwise is rounding, or how often its masks show a pixel.
 */
export async function* withoutRounding(run: (target: Target) => MethodRun, target: Target): MethodRun {
  const seen = { count: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  const frames = run({
    ...target,
    score(outputs) {
      const score = target.score(outputs);
      seen.least = Math.min(seen.least, score);
      seen.most = Math.max(seen.most, score);
      seen.count += 1;
      return score;
    },
  });
  let frame: MethodFrame | undefined;
  let step = await frames.next();
  for (; !step.done; step = await frames.next()) {
    frame = step.value;
    yield frame;
  }
  const result = step.value;
  // A difference of logits has no smallest value, and keeps its digits.
  if (seen.count < 2 || !frame || !target.startsAtZero || result.byLogit) return result;
  const isFaint = areFaint(target, seen);
  if (!isFaint && seen.least < seen.most) return result;
  yield blankFrame(frame);
  const score = Number(seen.most.toPrecision(4));
  return blankResult(
    result,
    isFaint ? WHY : `${result.whyBlank}; its score is ${score} whatever is shown, to single precision`,
  );
}

function blankResult({ scores, note: _, ...result }: MethodResult, whyBlank: string): MethodResult {
  return { ...result, whyBlank, ...(scores && { scores: new Float32Array(scores.length) }) };
}

/** How small the scores of such a run are, in words. */
export const FAINT_TEXT = `below ${below}`;
