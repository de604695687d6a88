/** The request `explain`: from an image and a model to frames and an explanation. */
import { createHash } from 'node:crypto';
import { ExplainError, errors } from '../../core/errors';
import type { MethodChoice } from '../../core/methods/choice';
import { methods, type Need } from '../../core/methods/method-table';
import type { MethodName } from '../../core/methods/names';
import type { MethodRun } from '../../core/methods/network';
import { severalLayers } from '../../core/methods/several-layers';
import { findClass } from '../../core/model/classes/labels';
import type { ModelInfo } from '../../core/model/info';
import type { ClassScore } from '../../core/output';
import { shownActivation } from '../../core/output';
import type { Frame } from '../../core/saliency';
import { saliencyOf } from '../../core/saliency';
import { classTarget, probabilitiesOf } from '../../core/target/class-scores';
import type { Target } from '../../core/target/target';
import { identityOf, type Stamp, stampOf } from '../../files/stamps';
import type { Device } from '../../protocol/devices';
import type { Explanation } from '../../protocol/explanation';
import type { ExplainParams, ImageSource, RequestContext } from '../../protocol/requests';
import { layersOf } from '../model/inspect';
import { nameOf } from '../pictures/image';
import { prepareInput } from '../pictures/prepare';
import type { Explainer, ImageState, Part } from '../sessions/explainer';
import { networkOf } from '../sessions/method-network';
import { isPart } from '../sessions/parts';
import { firstPass, type Work } from '../sessions/passes';
import type { Sessions } from '../sessions/sessions';
import { checkOptions, completed } from './request-options';

/**
 * @throws cancelled between two chunks once `context.signal` is aborted; every failure of models, images, classes,
 *   options and the runtime
 */
export async function explain(
  sessions: Sessions,
  device: Device,
  params: ExplainParams,
  context: RequestContext<'explain'>,
): Promise<Explanation> {
  checkOptions(params);
  const start = performance.now();
  const work: Work = { signal: context.signal, passes: 0 };
  const { method, options, blur } = completed(params);
  const parts = partsFor({ method, options });
  const layers = layersFor(params);
  // Requests with and without a chosen layer share sessions, so each request is checked.
  const check = ({ path, layer }: ModelInfo) => {
    if (layer.origin === 'assumed' && needsLayer(params.method)) throw errors.blockedLayers(path, layer.value);
  };
  const explainerOf = (layer?: string) =>
    sessions
      .explainerFor({ ...params.model, ...(layer !== undefined && { layer }) }, device, parts, check)
      .catch(refusalBy(method));
  // All names are checked before any session is created.
  if (layers.length > 1) for (const layer of layers) await sessions.know({ ...params.model, layer });
  const explainer = await explainerOf(layers[0]);
  const { info } = explainer;
  // Classes are resolved before the image is read, so that a wrong name costs no pass.
  const { value: labels } = info.labels;
  const candidates = candidatesOf(labels, params.target);
  const others = (params.contrast ?? []).map((other) => findClass(labels, other));
  const load = performance.now() - start;

  const { state, decode, stamps } = await look(explainer, params, work);
  context.emit('files', [...stamps, ...explainer.stamps]);
  const { contrastWeight = 1 } = params;
  const probabilities = probabilitiesOf(state.outputs);
  const index = mostProbable(probabilities, candidates);
  const target = targetOf(labels, index, others, contrastWeight);

  let first: number | undefined;
  let frame: Frame | undefined;
  const run = (of: Explainer, seen: ImageState) =>
    methods[method].run(networkOf(of, seen, blur, work), target, options);
  async function* runLater(layer: string): MethodRun {
    const of = await explainerOf(layer);
    return yield* run(of, (await look(of, params, work)).state);
  }
  const inputSize = inputSizeOf(explainer);
  const later = layers.map((layer) => () => runLater(layer));
  const frames = layers.length > 1 ? severalLayers(later, inputSize) : run(explainer, state);
  let step = await frames.next();
  for (; !step.done; step = await frames.next()) {
    frame = { ...step.value, inputSize, imageTransform: state.input.transform };
    first ??= performance.now() - start;
    context.emit('frame', frame);
  }
  const { scores = new Float32Array(), whyBlank, note, completeness } = step.value;
  const { min, max, zero } = saliencyOf(frame!);
  const score = (index: number): ClassScore => ({
    class: index,
    label: labels[index]!,
    probability: probabilities[index]!,
  });
  return {
    image: nameOf(params.image),
    model: info.path,
    method,
    options,
    blur,
    layer: layers.length > 1 ? layers.join(' + ') : info.layer.value,
    ...(others.length > 0 && { contrast: others.map(score), contrastWeight }),
    ...score(index),
    activation: shownActivation(info.output),
    top: topClasses(probabilities, params.top).map(score),
    probabilities,
    frame: frame!,
    saliency: { min, max, zero, ...(zero ? { reason: whyBlank } : note && { note }) },
    scores,
    ...(completeness && { completeness }),
    milliseconds: { load, decode, first: first!, total: performance.now() - start },
    device,
    passes: work.passes,
  };
}

/** The chosen layers; only the last one for a method that does not use a layer. */
function layersFor({ method, model }: ExplainParams): readonly string[] {
  return layersOf(model).slice(needsLayer(method) ? 0 : -1);
}

function needsLayer(method: MethodName): boolean {
  const needs: readonly Need[] = methods[method].needs;
  return needs.includes('layer');
}

/** The parts that the method needs besides the score session. */
export function partsFor({ method, options }: Pick<MethodChoice, 'method' | 'options'>): readonly Part[] {
  return methods[method].needsWith(options).filter(isPart);
}

/**
 * The error if an operator has no gradient rule. A method that needs the gradient of the input can't be used then; the
 * other methods work with a later layer.
 */
function refusalBy(method: MethodName) {
  const needs: readonly string[] = methods[method].needs;
  const ofInput = needs.includes('input-gradient') || needs.includes('guided-gradient');
  return (thrown: unknown): never => {
    if (!ofInput || !(thrown instanceof ExplainError) || thrown.code !== 'unsupported-operator') throw thrown;
    throw errors.methodUnsuitable(method, 'a gradient rule for every operator (inspect lists those without)', 'rise');
  };
}

/** The classes among which the target is chosen; undefined if it may be any class. */
function candidatesOf(labels: readonly string[], target: ExplainParams['target']): readonly number[] | undefined {
  if (target === 'top') return undefined;
  return 'among' in target ? target.among.map((index) => findClass(labels, { index })) : [findClass(labels, target)];
}

function mostProbable(probabilities: Float32Array, candidates: readonly number[] | undefined): number {
  if (!candidates) return topClasses(probabilities, 1)[0]!;
  return candidates.reduce((best, index) => (probabilities[index]! > probabilities[best]! ? index : best));
}

function targetOf(labels: readonly string[], index: number, others: readonly number[], weight: number): Target {
  if (others.includes(index)) throw errors.badOption('contrast', index, 'another class than the one explained');
  return classTarget(labels, { class: index, ...(others.length > 0 && { contrast: { classes: others, weight } }) });
}

/** The state of the image, from an earlier request or from a first pass. */
export async function look(explainer: Explainer, { image, blur }: Pick<ExplainParams, 'image' | 'blur'>, work: Work) {
  const { key, stamps } = await identify(image);
  const known = explainer.images.get(key);
  if (known) return { state: known, decode: 0, stamps };
  const input = await prepareInput(image, explainer.info);
  const state = await firstPass(explainer, input, blur, work);
  explainer.images.set(key, state);
  return { state, decode: input.milliseconds, stamps };
}

/** The key stays the same as long as the image does. The stamps are those of its file, if it has one. */
async function identify(source: ImageSource): Promise<{ key: string; stamps: readonly Stamp[] }> {
  if ('bytes' in source) return { key: createHash('sha256').update(source.bytes).digest('hex'), stamps: [] };
  const stamps = [await stampOf('path' in source ? source.path : source.tensor)];
  return { key: identityOf(stamps), stamps };
}

/** Indices of the `count` most probable classes, in order. */
export function topClasses(probabilities: Float32Array, count: number): number[] {
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  return order.slice(0, count);
}

export function inputSizeOf({ info: { preprocessing } }: Explainer) {
  return { width: preprocessing.width.value, height: preprocessing.height.value };
}
