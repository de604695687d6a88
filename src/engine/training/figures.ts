/** What the network makes of images it is not trained on, and which epoch is the best. */
import { predictionOf, scaleOf } from '../../core/measures/prediction';
import { quantised } from '../../core/measures/quantise';
import { probabilitiesOf } from '../../core/target/class-scores';
import { groupsOf, weightsOf } from '../../core/training/order';
import { isRight, type Kind } from '../../core/training/scores';
import type { Balance, Figures, TrainingImage, WatchedMap } from '../../protocol/training';
import type { Explainer } from '../sessions/explainer';
import type { Work } from '../sessions/passes';
import { createRunner } from '../sweep/run';
import { gradCamOf } from './arms';
import { type Images, passesOf } from './images';
import { counterOf } from './progress';
import type { Run } from './run';

/** Lower is better; epochs are compared by the first number, then by the second. */
export type Score = readonly [wrong: number, loss: number];

export interface HeldOut extends Figures {
  /** The figures with which epochs are compared: every class or group counts equally if the training is balanced. */
  readonly score: Score;
}

/**
 * The training images that judge epochs beside the held-out ones: those of classes or groups of which no image is held out,
 * and those with a region pasted in, which held-out images never have. They are seldom, and often what a training is about.
 */
export function seldomOf(train: readonly TrainingImage[], heldOut: readonly TrainingImage[], balance: Balance) {
  const isHeld = heldOut.length;
  const alone = groupsOf([...heldOut, ...train], balance)
    .filter((members) => members.every((index) => index >= isHeld))
    .flatMap((members) => members.map((index) => index - isHeld));
  return [...new Set([...alone, ...train.flatMap(({ pasted }, index) => (pasted ? [index] : []))])];
}

/**
 * @param p of each image, in order
 * @param heldOut how many of the images are held out; those after them judge only
 */
export function figuresOf(
  p: Iterable<Float32Array>,
  images: readonly TrainingImage[],
  heldOut: number,
  balance: Balance,
  kind: Kind,
  explainer: Pick<Explainer, 'info'>,
): HeldOut {
  const scale = scaleOf({
    link: 'identity',
    activation: { ...explainer.info.output.activation, value: kind.activation },
  });
  const weights = weightsOf(groupsOf(images, balance));
  const sums = { loss: 0, right: 0, wrong: 0, weighted: 0 };
  let i = 0;
  for (const one of p) {
    const { truth } = images[i]!;
    const loss = lossOf(one, scale, truth);
    const right = isRight(one, truth, kind);
    if (i < heldOut) sums.loss += loss;
    if (i < heldOut && right) sums.right += 1;
    sums.wrong += right ? 0 : weights[i]!;
    sums.weighted += weights[i]! * loss;
    i += 1;
  }
  const n = images.length;
  return { loss: sums.loss / heldOut, accuracy: sums.right / heldOut, score: [sums.wrong / n, sums.weighted / n] };
}

/** With sigmoid, an image may have no class at all. */
function lossOf(p: Float32Array, scale: ReturnType<typeof scaleOf>, truth: readonly number[]): number {
  const known = predictionOf(p, scale, truth, 1).loss;
  return known ?? p.reduce((sum, value) => sum - Math.log(Math.max(1 - value, 1e-38)), 0) / p.length;
}

export const isBetter = ([wrong, loss]: Score, than: Score): boolean =>
  wrong < than[0] || (wrong === than[0] && loss < than[1]);

export async function heldOutFigures({ network, images, params, plan, work, state, context }: Run): Promise<HeldOut> {
  const { train, heldOut, options } = params;
  const seldom = seldomOf(train, heldOut, options.balance);
  const p: Float32Array[] = [];
  const count = counterOf(context, state.epochs.length, 'held-out', heldOut.length + seldom.length);
  for (const read of [images.heldOut.read(heldOut.keys()), images.train.read(seldom)])
    for await (const { passed } of passesOf(createRunner(network), read, work)) {
      p.push(probabilitiesOf(passed.outputs).slice());
      count();
    }
  const all = [...heldOut, ...seldom.map((index) => train[index]!)];
  return figuresOf(p, all, heldOut.length, options.balance, plan.kind, network);
}

/** Grad-CAM's maps of the true classes of watched images. */
export async function* watchedMaps(
  explainer: Explainer,
  images: Images,
  list: readonly TrainingImage[],
  epoch: number,
  work: Work,
): AsyncGenerator<WatchedMap> {
  let at = 0;
  for await (const { input, passed } of passesOf(createRunner(explainer), images.read(list.keys()), work)) {
    const { id, truth } = list[at]!;
    at += 1;
    const p = probabilitiesOf(passed.outputs);
    const best = predictionOf(p, 'scores', [], 1).top[0]!;
    const frame = await gradCamOf(explainer, input, passed, truth[0] ?? best[0], work);
    if (!frame) continue;
    const { height, width, map, offset, signed } = frame;
    const { lo, hi, data } = quantised(map);
    yield { epoch, item: id, map: { height, width, lo, hi, values: data, offset, signed }, top: best };
  }
}
