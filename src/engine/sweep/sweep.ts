/** The request `sweep`: predictions, embeddings, maps and thumbnails of many images. */
import { regionsIn } from '../../core/annotations/annotations';
import { ExplainError, errors, toExplainError } from '../../core/errors';
import { measuresOf } from '../../core/measures/map-measures';
import { predictionOf, scaleOf } from '../../core/measures/prediction';
import { NO_EVIDENCE, whyNothing } from '../../core/methods/maps';
import { sizeOf } from '../../core/onnx/tensors';
import { blankFrame, type MethodFrame, saliencyOf } from '../../core/saliency';
import { CLASSES, classTarget, probabilitiesOf } from '../../core/target/class-scores';
import { whyNoSlope } from '../../core/target/saturated';
import type { UsedWay } from '../../protocol/explanation';
import type { FailedImage, RequestContext, SweepImage, SweepParams, SweptImage } from '../../protocol/requests';
import { inputSizeOf } from '../explanations/image-state';
import type { WaysOptions } from '../explanations/ways';
import type { Explainer, Part } from '../sessions/explainer';
import type { Work } from '../sessions/passes';
import { using } from '../sessions/sessions';
import { ahead, createBudget } from './ahead';
import { batchWayOf } from './batch-way';
import { featuresOf, loadFor, type Mapper, mapWith } from './maps';
import { type ReadImage, readImage } from './read';
import { createRunner, type Passed } from './run';

/** Decoded pictures that may be in memory at a time, in pixels: 200 MB. A larger picture is decoded alone. */
const DECODED = 2 ** 26;
/** Inputs that may wait for the network, in bytes. */
const WAITING = 2 ** 26;
/**
 * The most images that are being read or wait. A picture is read in several steps, and between two of them this thread
 * may be in a run of the network: only if many are under way is there always one to decode in the meantime.
 */
const AHEAD = 48;

/**
 * @param load returns the explainer with these parts
 * @param pause resolves once no urgent work is waiting; called between two batches
 * @param ways where one graph may make the maps of a batch
 * @returns how the maps were made, if that was measured
 * @throws cancelled between two batches; every failure of the model and of what all images need
 */
export async function sweep(
  load: (parts: readonly Part[]) => Promise<Explainer>,
  params: SweepParams,
  context: RequestContext<'sweep'>,
  pause: () => Promise<void>,
  ways: Required<WaysOptions>,
): Promise<UsedWay['used'] | undefined> {
  if (context.signal.aborted) throw errors.cancelled();
  const { explainer, mapper, hasGradients } = await loadFor(params, load);
  checkClasses(params, explainer);
  return using(explainer, async () => {
    const work: Work = { signal: context.signal, passes: 0, pause };
    const way = hasGradients ? batchWayOf(explainer, ways) : undefined;
    const runner = createRunner(explainer, way && { batch: way, map: mapWith(explainer, mapper!) });
    const budget = createBudget(DECODED);
    const read = ahead(params.images, windowFor(explainer, runner.size()), async (image) => ({
      image,
      found: await readImage(image.path, explainer.info, params.thumbnail, budget).catch(ofImage),
    }));
    for await (const batch of grouped(read, runner.size)) {
      const readable = batch.flatMap(({ image, found }) => (found instanceof ExplainError ? [] : [{ image, found }]));
      const inputs = readable.map(({ found }) => found.input);
      const classes = readable.map(({ image }) => image.class);
      const passed = (await runner.run(inputs, work, classes)).values();
      for (const { image, found } of batch) {
        const seen = found instanceof ExplainError ? found : await afterPass(image, found, passed.next().value!);
        if (seen instanceof ExplainError) context.emit('failed', failureOf(image, seen));
        else context.emit('swept', seen);
      }
    }
    return way?.used();

    async function afterPass(image: SweepImage, found: ReadImage, passed: Passed | ExplainError) {
      if (passed instanceof ExplainError) return passed;
      return sweptImage(explainer, params, image, found, passed, mapper, work).catch(ofImage);
    }
  });
}

/** @throws unknown-class */
function checkClasses({ images }: SweepParams, { info }: Explainer): void {
  const { classes } = info.output;
  const bad = images.find(({ class: index = 0 }) => !(Number.isInteger(index) && index >= 0 && index < classes));
  if (bad) throw errors.unknownClass(String(bad.class));
}

const failureOf = ({ id }: SweepImage, { code, message }: ExplainError): FailedImage => ({ id, code, message });

/** Failures that are not the image's: no other image could be read either, or nobody waits for them. */
const OF_ALL: ReadonlySet<string> = new Set(['codec-missing', 'cancelled', 'out-of-memory', 'device-unavailable']);

function ofImage(thrown: unknown): ExplainError {
  const error = toExplainError(thrown);
  if (OF_ALL.has(error.code)) throw error;
  return error;
}

function windowFor({ info }: Explainer, batch: number): number {
  const { width, height } = info.preprocessing;
  const bytes = sizeOf([info.input.channels, height.value, width.value]) * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(batch + 1, Math.min(AHEAD, Math.floor(WAITING / bytes)));
}

/** @param size of the next group; it may change */
async function* grouped<T>(items: AsyncIterable<T>, size: () => number): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size()) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function sweptImage(
  explainer: Explainer,
  params: SweepParams,
  { id, truth, annotated, class: wanted }: SweepImage,
  { input, thumbnail }: ReadImage,
  passed: Passed,
  mapper: Mapper | undefined,
  work: Work,
): Promise<SweptImage> {
  const { info } = explainer;
  const { transform } = input;
  const { image: size } = transform;
  const features = featuresOf(explainer, passed);
  const prediction = predictionOf(probabilitiesOf(passed.outputs), scaleOf(info.output), truth, params.top);
  // A network without a layer is described by its scores.
  const embedding =
    info.layers.length > 0 ? channelMeans(features.data, features.channels) : passed.outputs[CLASSES.logits]!;
  const answer = { id, size, transform, ...prediction, embedding };
  const shown = thumbnail && { thumbnail };
  const index = wanted ?? prediction.top[0]![0];
  work.hasSlope = undefined;
  const frame = await mapper?.({ ...passed, input, features }, index, work);
  if (frame === undefined || typeof frame === 'string')
    return { ...answer, ...(frame !== undefined && { blank: frame }), ...shown };
  // At the layer's size, since so many pixels as the input has would cost more than they tell.
  const { zero, min, max } = saliencyOf({ ...frame, inputSize: frame });
  const map = mapOf(zero ? blankFrame(frame) : frame);
  const shows = params.categories?.[index] ?? [];
  const regions = annotated && regionsIn(annotated, size).filter(({ category }) => shows.includes(category));
  const measures = measuresOf({ map, inputSize: inputSizeOf(explainer), transform, ...(regions && { regions }) });
  const target = classTarget(info.labels.value, { class: index });
  const why = () =>
    (work.hasSlope === false && whyNoSlope(info.output, passed.outputs, target)) ||
    whyNothing({ min, max }, NO_EVIDENCE);
  return { ...answer, map, measures, ...(zero && { blank: why() }), ...shown };
}

const mapOf = ({ height, width, map, offset, signed }: MethodFrame) => ({ height, width, map, offset, signed });

/** @param maps [K, height, width] */
function channelMeans(maps: Float32Array, channels: number): Float32Array {
  const pixels = maps.length / channels;
  const means = new Float32Array(channels);
  for (let k = 0, at = 0; k < channels; k++) {
    let sum = 0;
    for (let i = 0; i < pixels; i++, at++) sum += maps[at]!;
    means[k] = sum / pixels;
  }
  return means;
}
