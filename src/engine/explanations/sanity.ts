/** The request `sanity`: maps of networks with re-randomised weights, compared with those of the trained network. */
import { ExplainError, errors } from '../../core/errors';
import { whyNothing } from '../../core/methods/maps';
import { methods } from '../../core/methods/method-table';
import type { MethodResult, MethodRun } from '../../core/methods/network';
import { findClass } from '../../core/model/classes/labels';
import type { Frame, MethodFrame } from '../../core/saliency';
import { saliencyOf } from '../../core/saliency';
import { depthsOf, type WeightLayer, weightLayers } from '../../core/sanity/layers';
import { similarityOf } from '../../core/sanity/similarity';
import type { SanityMap, SanityResult } from '../../core/sanity/types';
import { stepsOf, verdictOf } from '../../core/sanity/verdict';
import { classTarget, probabilitiesOf } from '../../core/target/class-scores';
import type { Device } from '../../protocol/devices';
import type { RequestContext, SanityParams } from '../../protocol/requests';
import { layersOf, type Opened, openModel } from '../model/inspect';
import type { ModelFile } from '../model/model-file';
import { randomiseLayers, withRandomised } from '../model/randomised-weights';
import { nameOf } from '../pictures/image';
import { type PreparedInput, prepareInput } from '../pictures/prepare';
import type { KnownModel } from '../sessions/explainer';
import { networkOf } from '../sessions/method-network';
import { addPart } from '../sessions/parts';
import { firstPass, type Work } from '../sessions/passes';
import { createExplainer, releaseExplainer } from '../sessions/sessions';
import type { Turn } from '../turns';
import { topClasses } from './class-choice';
import { inputSizeOf } from './image-state';
import { checkLayer, partsFor } from './method-needs';
import { completed } from './request-options';

/**
 * @param context its `pause` is called between two chunks
 * @throws cancelled between two chunks once `context.signal` is aborted; no-weights; every failure of models, images,
 *   classes, options and the runtime. If a re-randomised network gives NaN or infinity, this is not a failure: its maps
 *   count as blank.
 */
export async function sanity(
  device: Device,
  params: SanityParams,
  context: RequestContext<'sanity'> & Turn,
): Promise<SanityResult> {
  const layers = layersOf(params.model);
  if (layers.length > 1) throw errors.badOption('layer', layers.join(', '), 'one layer for a sanity check');
  const opened = await openModel(params.model);
  try {
    return await check(opened, device, params, context);
  } finally {
    opened.file.release();
  }
}

async function check(
  { file, ...model }: Opened,
  device: Device,
  params: SanityParams,
  context: RequestContext<'sanity'> & Turn,
): Promise<SanityResult> {
  const { info } = model;
  for (const { method } of params.methods) checkLayer(method, info);
  const layers = weightLayers(file.model, info.input.name, info.output.logits);
  if (layers.length === 0) throw errors.noWeights(info.path);
  const known = { ...model, identity: file.identity };
  const input = await prepareInput(params.image, info);
  const work = { signal: context.signal, passes: 0, pause: context.pause };
  const chosen = params.target === 'top' ? undefined : findClass(info.labels.value, params.target);
  const question = { known, device, params, input, work };
  const own = await mapsOf(question, file, chosen);

  const variations = variationsOf(params, layers);
  const total = params.seeds.length * variations.length * params.methods.length;
  const maps: SanityMap[] = [];
  for (const seed of params.seeds) {
    const drawn = await randomiseLayers(file, layers, seed);
    for (const { from, to, ...variation } of variations) {
      const found = await mapsOf(question, withRandomised(file, drawn.slice(from, to)), own.class).catch(withoutMaps);
      params.methods.forEach(({ method }, i) => {
        const outcome = compared(own.maps[i]!, found.maps ? found.maps[i]! : found);
        const map: SanityMap = { method, seed, ...variation, ...outcome };
        context.emit('map', { done: maps.push(map), total, map });
      });
    }
  }
  return {
    image: nameOf(params.image),
    model: info.path,
    class: { class: own.class, label: info.labels.value[own.class]!, probability: own.probabilities[own.class]! },
    layers: layers.length,
    methods: params.methods.map(({ method }, i) => {
      const ofMethod = maps.filter((_, at) => at % params.methods.length === i);
      const steps = stepsOf(ofMethod);
      const { frame, blank } = own.maps[i]!;
      return {
        method,
        original: frame,
        maps: ofMethod,
        steps,
        verdict: verdictOf(method, steps, layers.length, blank !== undefined),
      };
    }),
  };
}

/**
 * The variations of the network. Each re-randomises the layers `from` to `to`, counted from the layer of the logits.
 */
function variationsOf({ randomisations, steps }: SanityParams, layers: readonly WeightLayer[]) {
  return randomisations.flatMap((randomisation) =>
    depthsOf(layers.length, steps).map((depth) => ({
      randomisation,
      layer: layers[depth - 1]!.name,
      depth,
      from: randomisation === 'cascading' ? 0 : depth - 1,
      to: depth,
    })),
  );
}

interface Question {
  readonly known: KnownModel;
  readonly device: Device;
  readonly params: SanityParams;
  readonly input: PreparedInput;
  readonly work: Work;
}

interface Found {
  readonly frame: Frame;
  /** Why the map is blank, if it is. */
  readonly blank?: string;
}

/** The maps of one network, one for each method, and the class that they explain, by default the top one. */
async function mapsOf({ known, device, params, input, work }: Question, file: ModelFile, chosen?: number) {
  const explainer = await createExplainer(known, file, device);
  try {
    const choices = params.methods.map(completed);
    const parts = new Set(choices.flatMap(partsFor));
    for (const part of parts) await addPart(explainer, part, file);
    const state = await firstPass(explainer, input, choices[0]!.blur, work);
    const probabilities = probabilitiesOf(state.outputs);
    const index = chosen ?? topClasses(probabilities, 1)[0]!;
    const target = classTarget(known.info.labels.value, { class: index });
    const place = { inputSize: inputSizeOf(explainer), imageTransform: input.transform };
    const maps: Found[] = [];
    for (const { method, options, blur } of choices) {
      const run = methods[method].run(networkOf(explainer, state, blur, work), target, options);
      const { last, result } = await runToEnd(run);
      const frame = { ...last, ...place };
      const saliency = saliencyOf(frame);
      maps.push({ frame, ...(saliency.zero && { blank: whyNothing(saliency, result) }) });
    }
    return { class: index, probabilities, maps };
  } finally {
    releaseExplainer(explainer);
  }
}

async function runToEnd(run: MethodRun): Promise<{ last: MethodFrame; result: MethodResult }> {
  let last: MethodFrame | undefined;
  for (;;) {
    const step = await run.next();
    if (step.done) return { last: last!, result: step.value };
    last = step.value;
  }
}

/** The result for a network that gives NaN or infinity: all maps are blank. */
function withoutMaps(thrown: unknown): { maps: undefined; blank: string } {
  if (!(thrown instanceof ExplainError && thrown.code === 'not-finite')) throw thrown;
  return { maps: undefined, blank: 'the network with these weights gives no finite numbers' };
}

function compared(original: Found, found: Found | { readonly blank: string }): Comparison {
  if (!('frame' in found)) return { blank: found.blank };
  const { frame, blank = original.blank && "the network's own map is blank" } = found;
  return blank === undefined ? { frame, similarity: similarityOf(original.frame, frame) } : { frame, blank };
}

type Comparison = Pick<SanityMap, 'frame' | 'similarity' | 'blank'>;
