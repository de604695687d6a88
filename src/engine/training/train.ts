/** The request `train`: fine-tuning (Group-CAM, arXiv 2103.13859, section 5), and retraining of the head. */
import { ExplainError, errors } from '../../core/errors';
import { augmented } from '../../core/training/augment';
import type { Linear } from '../../core/training/head/linear';
import { batchOf, epochOrder, groupsOf, stepsPerEpoch } from '../../core/training/order';
import { riseIn } from '../../core/training/rise';
import { rateAt } from '../../core/training/schedule';
import { PURPOSES, randomAt } from '../../core/training/seeds';
import { trainingErrors } from '../../core/training/training-errors';
import type { Device } from '../../protocol/devices';
import type { Params, RequestContext } from '../../protocol/requests';
import type { Trained, Training } from '../../protocol/training';
import { checkLayer } from '../explanations/method-needs';
import { openModel } from '../model/inspect';
import { turn } from '../sessions/passes';
import { isMasked, type Masked, maskedInputs, NEEDS } from './arms';
import { type Checkpoint, checkpointIn, type State } from './checkpoint';
import { endEpoch, fallenNotes } from './epoch';
import { heldOutFigures } from './figures';
import { fittedFirst, trainHead, write } from './head/head';
import { type Input, imagesOf, stampsOf } from './images';
import { closeNetwork, openNetwork, type Trainee } from './network';
import { imagesAtOnce, planOf } from './plan';
import { counterOf } from './progress';
import { checkResult, writeModel } from './result';
import type { Run } from './run';
import { belongsTo, restore, rightFor, startOf } from './start';
import { type Batch, descend, openStepper, type Stepper } from './step';
import { bytesOf } from './weights';

/** Milliseconds after which the state is kept, at the end of a step. */
const KEEP_EVERY = 60_000;

/**
 * @param pause resolves once no urgent work is waiting; called between two steps
 * @throws cancelled between two steps, after what was done is kept; the errors of core/training/training-errors.ts
 */
export async function train(
  params: Params<'train'>,
  context: RequestContext<'train'>,
  device: Device,
  pause: () => Promise<void>,
): Promise<Trained> {
  if (context.signal.aborted) throw errors.cancelled();
  const checkpoint = checkpointIn(params.checkpoint);
  const opened = await openModel(params.model);
  let letGo: (() => void) | undefined;
  try {
    const plan = await planOf(opened, params);
    letGo = await checkpoint.hold(params.output, context.signal);
    const stamps = await stampsOf([params.train, params.heldOut, params.watched]);
    const belongs = await belongsTo(plan, params, stamps);
    const { kept, lost } = await keptIn(checkpoint, belongs, params.finish ?? false);
    await checkResult(opened, params.output, kept !== undefined);
    if (!kept && params.finish) throw trainingErrors.nothingTrained(params.checkpoint);
    const atOnce = kept?.atOnce ?? (plan.head ? 1 : imagesAtOnce(plan, params.options.batch));
    // The head's fit begins again: it takes less time than its features, which are not kept.
    const goesOn = kept && (params.finish || !plan.head);
    const state = goesOn ? kept : startOf(plan, belongs, atOnce);
    if (lost !== undefined) state.notes.push(lost);
    const { info, file, rewrite } = opened;
    const known = { info, facts: plan.facts, rewrite, stamps: opened.stamps, identity: file.identity };
    const trainee: Trainee = { known, file, weights: plan.weights, device };
    const { network, watched } = await networkFor(trainee, params, state);
    const work = { signal: context.signal, passes: 0, pause };
    const seen = imagesOf(params.train, info, stamps);
    try {
      const right = params.finish ? [] : await rightFor(network, seen, params, plan.kind, work, context);
      const run: Run = {
        params,
        context,
        plan,
        state,
        checkpoint,
        network,
        images: {
          train: seen,
          heldOut: imagesOf(params.heldOut, info, stamps),
          watched: imagesOf(watched, info, stamps),
        },
        right,
        stamps,
        watched,
        told: kept?.epochs.length ?? 0,
        trainee,
        work,
      };
      // Until `restore` the network has the weights of the model's file, also where a training is gone on with.
      const first = plan.first && state.step === 0 && !params.finish ? await fittedFirst(run, plan.first) : undefined;
      restore(plan, state);
      for (const text of [...plan.notes, ...state.notes]) context.emit('note', { text });
      if (goesOn) for (const epoch of state.epochs) context.emit('epoch', epoch);
      if (plan.head) await trainHead(run, plan.head);
      else await trainAll(run, first);
      return await written(run);
    } finally {
      await closeNetwork(network);
    }
  } finally {
    letGo?.();
    opened.file.release();
  }
}

/** What was kept, or, if that is damaged and the training can begin again, a note that says so. */
async function keptIn(
  checkpoint: Checkpoint,
  belongs: Parameters<Checkpoint['load']>[0],
  finish: boolean,
): Promise<{ readonly kept?: State | undefined; readonly lost?: string }> {
  try {
    return { kept: await checkpoint.load(belongs, finish) };
  } catch (thrown) {
    if (finish || !(thrown instanceof ExplainError) || thrown.code !== 'training-damaged') throw thrown;
    return { lost: thrown.message };
  }
}

/** Maps of watched images need gradients; a model without them is trained all the same. */
async function networkFor(
  trainee: Trainee,
  { options, watched }: Training,
  state: State,
): Promise<Pick<Run, 'network' | 'watched'>> {
  const needs = NEEDS[options.arm];
  const { layers } = trainee.known.info;
  if (isMasked(options.arm) && layers.length === 0)
    throw errors.methodUnsuitable(options.arm, 'a layer with a map that the class scores depend on', 'plain');
  if (watched.length === 0) return { watched, network: await openNetwork(trainee, needs) };
  try {
    checkLayer('grad-cam', trainee.known.info);
    return { watched, network: await openNetwork(trainee, { ...needs, gradients: true }) };
  } catch (thrown) {
    if (!(thrown instanceof ExplainError) || needs.gradients) throw thrown;
    state.notes.push(`There are no maps of watched images: ${thrown.message}`);
    return { watched: [], network: await openNetwork(trainee, needs) };
  }
}

/** Ends of a training that say nothing against what it has done. */
const KEPT_AFTER: ReadonlySet<string> = new Set(['cancelled', 'image-missing', 'image-unreadable']);

/** @param first the last layer with which the first step begins */
async function trainAll(run: Run, first?: Linear): Promise<void> {
  const { params, plan, state, checkpoint, trainee } = run;
  const { options, train } = params;
  const perEpoch = stepsPerEpoch(train.length, options.batch);
  if (params.finish) {
    if (state.best === 0 && state.step === 0) throw trainingErrors.nothingTrained(params.checkpoint);
    if (state.best === 0) await endEpoch(run, state.epochs.length, () => heldOutFigures(run));
    return;
  }
  const stepper = await openStepper(trainee, plan, state.atOnce);
  const groups = groupsOf(train, options.balance);
  let keptAt = performance.now();
  try {
    // Whether it can be written there is known before the first step.
    await checkpoint.save(state);
    for (let epoch = state.epochs.length; epoch <= options.epochs; epoch++) {
      const order = epochOrder(groups, { seed: options.seed, epoch: Math.max(epoch, 1) });
      if (first && plan.first && epoch === 1 && state.step === 0) write(run, plan.first, first);
      if (epoch === 0) await lookAt(run, stepper, order);
      else
        for (let i = state.step - (epoch - 1) * perEpoch; i < perEpoch; i++) {
          await oneStep(run, stepper, { epoch, index: i, order, steps: perEpoch * options.epochs });
          if (performance.now() - keptAt < KEEP_EVERY) continue;
          await checkpoint.save(state);
          keptAt = performance.now();
        }
      await endEpoch(run, epoch, () => heldOutFigures(run));
      await checkpoint.save(state);
      keptAt = performance.now();
    }
  } catch (thrown) {
    // What a step has done is whole: a step changes the weights at its very end.
    if (thrown instanceof ExplainError && KEPT_AFTER.has(thrown.code)) await checkpoint.save(state);
    throw thrown;
  } finally {
    await stepper.release();
  }
}

/** Epoch 0 has the loss of the first batch before it is learned from. */
async function lookAt(run: Run, stepper: Stepper, order: Uint32Array): Promise<void> {
  const { state, params } = run;
  const begun = performance.now();
  await turn(run.work);
  const indices = batchOf(order, 0, params.options.batch);
  const count = countOf(run, 0);
  const { unmapped, ...batch } = await batchFor(run, indices, 1, 0, count);
  const { loss, right } = await stepper.pass(batch, count, () => turn(run.work));
  const seconds = (performance.now() - begun) / 1000;
  Object.assign(state, { losses: [loss], right, seen: indices.length, unmapped, seconds });
}

/** Of a step's images: once for the map of each, if the arm has maps, and once for its gradient. */
const countOf = ({ context, params: { options } }: Run, epoch: number) =>
  counterOf(context, epoch, 'step', options.batch * (isMasked(options.arm) ? 2 : 1));

interface Place {
  readonly epoch: number;
  /** In its epoch, from 0. */
  readonly index: number;
  readonly order: Uint32Array;
  readonly steps: number;
}

async function oneStep(run: Run, stepper: Stepper, { epoch, index, order, steps }: Place): Promise<void> {
  const { state, plan, params, context } = run;
  const { options } = params;
  const begun = performance.now();
  await turn(run.work);
  const indices = batchOf(order, index, options.batch);
  const count = countOf(run, epoch);
  const { unmapped, ...batch } = await batchFor(run, indices, epoch, index * options.batch, count);
  const { loss, right, gradients } = await stepper.pass(batch, count, () => turn(run.work));
  const model = plan.opened.info.path;
  if (!Number.isFinite(loss)) throw trainingErrors.diverged(model, 'the loss', state.step + 1, epoch);
  const rate = rateAt(state.step, steps, options.rate);
  const bad = descend(plan, state.velocity, gradients, rate, options);
  if (bad !== undefined) throw trainingErrors.diverged(model, `the gradient of ${bad}`, state.step + 1, epoch);
  state.step += 1;
  state.losses.push(loss);
  state.right += right;
  state.seen += indices.length;
  state.unmapped += unmapped;
  state.seconds += (performance.now() - begun) / 1000;
  const note = riseIn(state.losses);
  context.emit('step', { epoch, step: state.step, steps, loss, rate, ...(note !== undefined && { note }) });
}

/**
 * The images of a batch as the arm shows them to the network.
 *
 * @param first place of the batch in its epoch, in images
 */
async function batchFor(
  { params, plan, images, network, trainee, work, right: all }: Run,
  indices: Uint32Array,
  epoch: number,
  first: number,
  count: () => void,
): Promise<Batch & Pick<Masked, 'unmapped'>> {
  const { options, train } = params;
  const { arm, groups, seed } = options;
  const inputs: Input[] = [];
  for await (const input of images.train.read(indices)) {
    const random = randomAt(seed, PURPOSES.augmentation, epoch, first + inputs.length);
    inputs.push(options.augment ? { ...input, tensor: augmented(input.tensor, plan.form, random) } : input);
  }
  const truths = Array.from(indices, (index) => train[index]!.truth);
  const right = Array.from(indices, (index) => all[index]!);
  if (!isMasked(arm)) return { images: inputs.map(({ tensor }) => tensor), truths, right, unmapped: 0 };
  const given = inputs.map((input, i) => ({
    input,
    index: truths[i]![0]!,
    random: randomAt(seed, PURPOSES.mask, epoch, first + i),
  }));
  const masking = { arm, groups, form: plan.form };
  const { images: masked, unmapped } = await maskedInputs(trainee, network, masking, given, work, count);
  return { images: masked, truths, right, unmapped };
}

async function written(run: Run): Promise<Trained> {
  const { plan, params, state, checkpoint } = run;
  const { opened, weights } = plan;
  for (const { name, values } of weights.all) values.set(state.bestWeights.get(name)!);
  const values = new Map(weights.all.map((weight) => [weight.name, bytesOf(weight)]));
  const { options, provenance, output, train, heldOut } = params;
  const { model } = state.belongs;
  const epochs = state.epochs.map(({ seconds: _, ...figures }) => figures);
  const counts = { train: train.length, heldOut: heldOut.length };
  const notes = await writeModel({
    ...{ opened, output, values },
    drafts: params.checkpoint,
    metadata: { ...provenance, model, images: counts, options, best: state.best, epochs },
  });
  await checkpoint.remove();
  const changed = weights.all.map(({ name }) => name);
  return {
    output,
    epochs: state.epochs,
    best: state.best,
    changed,
    notes: [...plan.notes, ...state.notes, ...fallenNotes(state), ...notes],
  };
}
