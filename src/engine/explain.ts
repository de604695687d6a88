/** The request `explain`: from an image and a model to frames and an explanation. */
import { createHash } from 'node:crypto';
import { type CamFrame, type CamResult, gradCam } from '../core/cam/grad-cam';
import { groupCam } from '../core/cam/group-cam';
import type { Network } from '../core/cam/network';
import { findClass } from '../core/model/labels';
import { saliencyOf } from '../core/saliency';
import type { ClassScore, Device, Explanation, Frame, Method, MethodOptions } from '../core/types';
import type { ExplainParams, ImageSource, RequestContext } from '../protocol/requests';
import { nameOf } from './image';
import { networkOf, probe, type Work } from './network';
import { checkOptions } from './options';
import { prepareInput } from './prepare';
import type { Explainer, Sessions } from './sessions';
import { identityOf, stampOf } from './stamps';

type Run = (network: Network, target: number, options: MethodOptions) => AsyncGenerator<CamFrame, CamResult>;

const METHODS: { readonly [M in Method]: Run } = { 'group-cam': groupCam, 'grad-cam': gradCam };

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
  const needsGradients = params.method === 'grad-cam' || params.variant !== 'gradient-free';
  const explainer = await sessions.explainerFor(params.model, device, needsGradients);
  const { info } = explainer;
  // Before the image is looked at: a wrong name costs no pass.
  const chosen = params.target === 'top' ? undefined : findClass(info.labels.value, params.target);
  const load = performance.now() - start;

  const { state, decode } = await look(explainer, params, work);
  const target = chosen ?? topClasses(state.probabilities, 1)[0]!;

  let first: number | undefined;
  let frame: Frame | undefined;
  const frames = METHODS[params.method](networkOf(explainer, state, params, work), target, params);
  let step = await frames.next();
  for (; !step.done; step = await frames.next()) {
    frame = { ...step.value, inputSize: inputSizeOf(explainer), imageTransform: state.input.transform };
    first ??= performance.now() - start;
    context.emit('frame', frame);
  }
  const { scores, whyBlank } = step.value;
  const { min, max, zero } = saliencyOf(frame!);
  const score = (index: number): ClassScore => ({
    class: index,
    label: info.labels.value[index]!,
    probability: state.probabilities[index]!,
  });
  const { method, variant, groups, theta, blurKernel, blurSigma } = params;
  return {
    image: nameOf(params.image),
    model: info.path,
    method,
    variant,
    options: { method, variant, groups, theta, blurKernel, blurSigma },
    layer: info.layer.value,
    ...score(target),
    activation: info.output.activation.value,
    top: topClasses(state.probabilities, params.top).map(score),
    probabilities: state.probabilities,
    frame: frame!,
    saliency: { min, max, zero, ...(zero && { reason: whyBlank }) },
    scores,
    milliseconds: { load, decode, first: first!, total: performance.now() - start },
    device,
    passes: work.passes,
  };
}

/** What is known of the image, from an earlier request or from a first pass. */
async function look(explainer: Explainer, params: ExplainParams, work: Work) {
  const key = await imageKey(params.image);
  const known = explainer.images.get(key);
  if (known) return { state: known, decode: 0 };
  const input = await prepareInput(params.image, explainer.info);
  const state = await probe(explainer, input, params, work);
  explainer.images.set(key, state);
  return { state, decode: input.milliseconds };
}

/** The same for as long as the image is. */
async function imageKey(source: ImageSource): Promise<string> {
  if ('bytes' in source) return createHash('sha256').update(source.bytes).digest('hex');
  return identityOf([await stampOf('path' in source ? source.path : source.tensor)]);
}

/** Indices of the `count` most probable classes, the first first. */
function topClasses(probabilities: Float32Array, count: number): number[] {
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  return order.slice(0, count);
}

function inputSizeOf({ info: { preprocessing } }: Explainer) {
  return { width: preprocessing.width.value, height: preprocessing.height.value };
}
