/** Training of the last linear layer alone, on features that are computed once. */
import { imageGraph } from '../../../core/cam/transform';
import type { Head } from '../../../core/training/head/head';
import type { Linear } from '../../../core/training/head/linear';
import { fitted, logitsOf, type RegressionData } from '../../../core/training/head/softmax-regression';
import { groupsOf, weightsOf } from '../../../core/training/order';
import { isRight, probabilitiesFrom } from '../../../core/training/scores';
import { trainingErrors } from '../../../core/training/training-errors';
import { trainingDefaults } from '../../../protocol/training';
import { type Explainer, placesOf } from '../../sessions/explainer';
import { turn } from '../../sessions/passes';
import { createRunner } from '../../sweep/run';
import { endEpoch } from '../epoch';
import { figuresOf, seldomOf } from '../figures';
import { passesOf } from '../images';
import { openFed } from '../network';
import { counterOf } from '../progress';
import type { Run } from '../run';
import { penaltyOf } from './heat';

/** Steps of the fit after which figures and maps are told. */
const PER_EPOCH = 20;

export async function trainHead(run: Run, head: Head): Promise<void> {
  const { state, params, plan, context, work, checkpoint } = run;
  const { options, train, heldOut } = params;
  if (params.finish) {
    if (state.best === 0) throw trainingErrors.nothingTrained(params.checkpoint);
    return;
  }
  // Whether it can be written there is known before the features are.
  if (run.told === 0) await checkpoint.save(state);
  const [seen, unseen] = (await featuresFor(run, head, ['train', 'heldOut'])) as [Float32Array, Float32Array];
  const kind = plan.kind;
  const truths = train.map(({ truth }) => truth);
  const seldom = seldomOf(train, heldOut, options.balance);
  const judges = [...heldOut, ...seldom.map((index) => train[index]!)];
  const judging = new Float32Array(judges.length * head.size);
  judging.set(unseen);
  for (const [i, index] of seldom.entries())
    judging.set(seen.subarray(index * head.size, (index + 1) * head.size), unseen.length + i * head.size);
  const { size, rows } = head;
  let layer: Linear = read(run, head);
  const data = await dataOf(run, head, seen, layer, options.weightDecay);
  const steps = PER_EPOCH * options.epochs;

  const endWith = async (epoch: number, layer: Linear, losses: readonly number[]) => {
    write(run, head, layer);
    state.losses.push(...losses);
    state.seen = train.length;
    state.right = countRight(layer, seen, truths);
    await endEpoch(run, epoch, async () =>
      figuresOf(probabilitiesOf(layer, judging), judges, heldOut.length, options.balance, kind, run.network),
    );
    // What an earlier request has kept is further until then, and can be finished with.
    if (state.epochs.length >= run.told) await checkpoint.save(state);
  };
  function* probabilitiesOf(layer: Linear, features: Float32Array) {
    const logits = logitsOf(layer, features, size);
    for (let at = 0; at < logits.length; at += rows) yield probabilitiesFrom(logits.subarray(at, at + rows), kind);
  }
  function countRight(layer: Linear, features: Float32Array, of: readonly (readonly number[])[]): number {
    let [right, i] = [0, 0];
    for (const p of probabilitiesOf(layer, features)) right += isRight(p, of[i++]!, kind) ? 1 : 0;
    return right;
  }

  const fit = fitted(data, layer, head.bias !== undefined);
  const start = fit.next();
  await endWith(0, layer, start.done ? [] : [start.value.loss]);
  let next = fit.next();
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const losses: number[] = [];
    const begun = performance.now();
    for (; !next.done && losses.length < PER_EPOCH; next = fit.next()) {
      layer = next.value;
      const { loss } = next.value;
      losses.push(loss);
      state.step += 1;
      context.emit('step', { epoch, step: state.step, steps, loss, rate: 0 });
      await turn(work);
    }
    if (losses.length === 0 && epoch > 1) break;
    state.seconds += (performance.now() - begun) / 1000;
    await endWith(epoch, layer, losses);
  }
}

/**
 * The layer, fitted to the end, with which a training of all weights begins.
 *
 * @param run with the weights of the model's file
 */
export async function fittedFirst(run: Run, head: Head): Promise<Linear> {
  const { epochs, weightDecay } = trainingDefaults('head');
  const [seen] = await featuresFor(run, head, ['train']);
  let layer: Linear = read(run, head);
  let left = PER_EPOCH * epochs;
  const data = await dataOf(run, head, seen!, layer, weightDecay);
  for (const next of fitted(data, layer, head.bias !== undefined)) {
    layer = next;
    await turn(run.work);
    left -= 1;
    if (left < 0) break;
  }
  return layer;
}

async function dataOf(
  run: Run,
  head: Head,
  features: Float32Array,
  start: Linear,
  l2: number,
): Promise<RegressionData> {
  const { params, plan, right } = run;
  const { size, rows } = head;
  const { activation, classes } = plan.kind;
  const weights = weightsOf(groupsOf(params.train, params.options.balance));
  // A single logit is of the second of two classes.
  const labels = Float32Array.from(right.flatMap((one) => (rows === classes ? [...one] : [one[1]!])));
  const heat = await penaltyOf(run, head, features, start);
  return { features, size, rows, labels, weights, activation, l2, heat };
}

/** x of all images of these lists, [n, K] each. */
async function featuresFor(
  { network, trainee, params, images, work, context }: Run,
  head: Head,
  lists: readonly ('train' | 'heldOut')[],
): Promise<readonly Float32Array[]> {
  const { info, facts } = trainee.known;
  const graph = imageGraph(trainee.file.model, facts, { ...placesOf(info), layer: head.features }, network.fragment);
  const session = await openFed(trainee, graph);
  try {
    const explainer: Explainer = { ...network, parts: { ...network.parts, sweep: session } };
    const total = lists.reduce((sum, list) => sum + params[list].length, 0);
    const count = counterOf(context, 0, 'features', total);
    const found: Float32Array[] = [];
    for (const list of lists) {
      const features = new Float32Array(params[list].length * head.size);
      let at = 0;
      for await (const { passed } of passesOf(createRunner(explainer), images[list].read(params[list].keys()), work)) {
        features.set(passed.activations, at);
        at += head.size;
        count();
      }
      found.push(features);
    }
    return found;
  } finally {
    await session.release();
  }
}

const placeOf = ({ rowsFirst, rows, size }: Head, row: number, k: number) =>
  rowsFirst ? row * size + k : k * rows + row;

function read({ plan }: Run, head: Head): Linear {
  const values = new Map(plan.weights.all.map((weight) => [weight.name, weight.values]));
  const stored = values.get(head.weight)!;
  const weight = new Float64Array(head.rows * head.size);
  for (let i = 0; i < weight.length; i++)
    weight[i] = head.scale * stored[placeOf(head, Math.floor(i / head.size), i % head.size)]!;
  const own = head.bias === undefined ? undefined : values.get(head.bias)!;
  return { weight, bias: Float64Array.from({ length: head.rows }, (_, row) => (own ? head.biasScale * own[row]! : 0)) };
}

export function write({ plan }: Pick<Run, 'plan'>, head: Head, { weight, bias }: Linear): void {
  for (const { name, values } of plan.weights.all) {
    if (name === head.weight)
      weight.forEach((value, i) => {
        values[placeOf(head, Math.floor(i / head.size), i % head.size)] = value / head.scale;
      });
    if (name === head.bias)
      bias.forEach((value, row) => {
        values[row] = value / head.biasScale;
      });
  }
  plan.weights.changed();
}
