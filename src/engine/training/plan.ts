/** What a training needs to know before its first step, and whether it can begin. */
import { totalmem } from 'node:os';
import type { ModelInfo } from '../../core/model/info';
import type { Facts } from '../../core/onnx/facts';
import { replaceable } from '../../core/onnx/rewrite/replace';
import { FLOATS, sizeOf } from '../../core/onnx/tensors';
import type { InputForm } from '../../core/training/augment';
import { type Head, headOf } from '../../core/training/head/head';
import { type Parameter, parametersOf } from '../../core/training/parameters';
import { type Kind, kindOf } from '../../core/training/scores';
import { withoutValues } from '../../core/training/stale';
import { trainingErrors } from '../../core/training/training-errors';
import type { Training, TrainingImage } from '../../protocol/training';
import type { Opened } from '../model/inspect';
import { weightBytes } from '../model/weight-bytes';
import { bytesIn, createWeights, TRAINABLE, type Weights } from './weights';

export interface Plan {
  readonly opened: Opened;
  /** Facts at batch 1, without the values of weights that change. */
  readonly facts: Facts;
  readonly kind: Kind;
  readonly form: InputForm;
  readonly parameters: readonly Parameter[];
  readonly weights: Weights;
  /** For the arm `head`. */
  readonly head?: Head;
  /** The layer that is fitted before all weights are trained. */
  readonly first?: Head;
  /** What a user ought to know, in sentences. */
  readonly notes: readonly string[];
}

/** @throws the errors of core/training/training-errors.ts that can be known before the first step */
export async function planOf(opened: Opened, { train, heldOut, options }: Training): Promise<Plan> {
  const { info, file, facts } = opened;
  const { logits } = info.output;
  const kind = kindOf(info.output, sizeOf(facts.get(logits)!.dims));
  if (!kind) throw trainingErrors.noProbabilities(info.path);
  checkImages(train, 'to be trained on', kind);
  checkImages(heldOut, 'held out', kind);
  checkClasses(train, kind, info);
  const found = parametersOf(file.model, facts, { input: info.input.name, logits });
  const inFile = replaceable(file.model.bytes);
  const all = found.parameters.filter(({ name, dtype }) => TRAINABLE.has(dtype) && inFile.has(name));
  const reasons = new Map<string, number>();
  for (const { reason } of found.frozen) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const head = options.arm === 'head' ? headOf(file.model, facts, logits) : undefined;
  if (options.arm === 'head' && !head) throw trainingErrors.noHead(info.path);
  const parameters = head ? all.filter(({ name }) => name === head.weight || name === head.bias) : all;
  if (parameters.length === 0 || (head && parameters.length < (head.bias === undefined ? 1 : 2)))
    throw trainingErrors.nothingToTrain(info.path, [...reasons.keys()]);
  if (head) checkFeatures(head, info, train.length, heldOut.length);
  const linear = options.headFirst && !head ? headOf(file.model, facts, logits) : undefined;
  const isTrained = (name: string | undefined) => name === undefined || parameters.some((one) => one.name === name);
  const first = linear && isTrained(linear.weight) && isTrained(linear.bias) ? linear : undefined;
  const weights = createWeights(
    parameters,
    await weightBytes(
      file,
      parameters.map(({ name }) => name),
    ),
  );
  const { width, height } = info.preprocessing;
  return {
    opened,
    facts: withoutValues(facts, file.model, weights.names),
    kind,
    form: { layout: info.input.layout, channels: info.input.channels, height: height.value, width: width.value },
    parameters,
    weights,
    ...(head && { head }),
    ...(first && { first }),
    notes: [
      ...(kind.answers === 'many' ? [MANY] : []),
      ...(options.headFirst && !head && !first ? [NO_FIRST] : []),
      ...(head ? [] : [...reasons].map(([reason, count]) => frozenText(reason, count, found.frozen[0]!.name))),
    ],
  };
}

const MANY =
  'The model answers for each class by itself: in the accuracy of an epoch an image is right if all classes are, in rows and tables if the most probable one is.';

const NO_FIRST =
  'The last layer was not fitted first, since the model does not end with one linear layer that can be trained.';

const frozenText = (reason: string, count: number, name: string) =>
  `${count === 1 ? name : `${count} tensors`} stayed as ${count === 1 ? 'it is' : 'they are'}: ${reason}.`;

function checkImages(images: readonly TrainingImage[], part: string, { answers, classes }: Kind): void {
  if (images.length === 0) throw trainingErrors.noImages(part);
  for (const { path, truth } of images) {
    const unknown = truth.find((index) => index >= classes);
    if (unknown !== undefined) throw trainingErrors.unknownClass(path, unknown, classes);
    if (truth.length === 0 && answers === 'one') throw trainingErrors.noLabel(path);
  }
}

function checkClasses(images: readonly TrainingImage[], { answers }: Kind, { labels }: ModelInfo): void {
  const first = images[0]!.truth;
  if (images.some(({ truth }) => String(truth) !== String(first))) return;
  const label = first.map((index) => labels.value[index]!).join(', ');
  if (answers === 'one' || images.length > 1) throw trainingErrors.oneClass(label || 'none', images.length);
}

/**
 * The head's features stay in memory, those of the training images once more as the fit needs them.
 *
 * @throws out-of-memory
 */
function checkFeatures({ size }: Head, info: ModelInfo, train: number, heldOut: number): void {
  const needed = info.bytes + 2 * (train + heldOut) * size * Float32Array.BYTES_PER_ELEMENT;
  const limit = totalmem() * MOST;
  if (needed > limit) throw trainingErrors.tooManyFeatures(info.path, needed, limit);
}

/** The share of the machine's memory that a step may take, since the engine is ended at half of it. */
const MOST = 0.5;
const USUAL = 0.25;

/**
 * The number of images that go through the network at once, which divides the batch: as many as fit into a quarter of the
 * machine's memory.
 *
 * @throws out-of-memory if one is too much
 */
export function imagesAtOnce({ facts, opened, weights, parameters }: Plan, batch: number): number {
  const own = new Set(parameters.map(({ name }) => name));
  let image = 0;
  for (const [name, { dtype, dims }] of facts) {
    if (opened.file.model.initializers.has(name) || own.has(name) || !FLOATS.has(dtype)) continue;
    // A tensor and its gradient.
    image += 2 * sizeOf(dims) * Float32Array.BYTES_PER_ELEMENT;
  }
  // Values, momentum and the best ones, gradients, and the runtime's copy; and the images of a batch, as they are read, blurred
  // and masked.
  const input = sizeOf(facts.get(opened.info.input.name)!.dims) * Float32Array.BYTES_PER_ELEMENT;
  const fixed = opened.info.bytes + 5 * bytesIn(weights.all) + 3 * batch * input;
  const limit = totalmem() * MOST;
  if (fixed + image > limit) throw trainingErrors.tooLittleMemory(opened.info.path, fixed + image, limit);
  const fitting = Math.max(1, Math.floor((totalmem() * USUAL - fixed) / image));
  let count = batch;
  while (count > 1 && (count > fitting || batch % count !== 0)) count -= 1;
  return count;
}
