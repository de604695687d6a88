/** The request `explain`: from an image and a model to frames and an explanation. */
import type { MethodChoice } from '../../core/methods/choice';
import { methods } from '../../core/methods/method-table';
import type { MethodRun } from '../../core/methods/network';
import { severalLayers } from '../../core/methods/several-layers';
import { type ClassScore, shownActivation } from '../../core/output';
import { type Frame, saliencyOf } from '../../core/saliency';
import { probabilitiesOf } from '../../core/target/class-scores';
import type { Device } from '../../protocol/devices';
import type { Explanation } from '../../protocol/explanation';
import type { ExplainParams, RequestContext } from '../../protocol/requests';
import { nameOf } from '../pictures/image';
import type { Explainer, ImageState } from '../sessions/explainer';
import { networkOf } from '../sessions/method-network';
import type { Work } from '../sessions/passes';
import type { Sessions } from '../sessions/sessions';
import { chooseClass, classQuestion, topClasses } from './class-choice';
import { imageStateOf, inputSizeOf } from './image-state';
import { checkLayer, layersFor, partsFor, refusalBy, standInFor } from './method-needs';
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
  const wanted = completed(params);
  const { blur } = wanted;
  const layers = layersFor(params);
  const explainerOf = ({ method, options }: Asked, layer?: string) =>
    sessions
      .explainerFor(
        { ...params.model, ...(layer !== undefined && { layer }) },
        device,
        partsFor({ method, options }),
        (info) => checkLayer(method, info),
      )
      .catch(refusalBy(method));
  // All names are checked before any session is created.
  if (layers.length > 1) for (const layer of layers) await sessions.know({ ...params.model, layer });
  const { explainer, asked, notes } = await suited(wanted, (choice) => explainerOf(choice, layers[0]));
  const { method, options } = asked;
  const { info } = explainer;
  const { value: labels } = info.labels;
  const question = classQuestion(labels, params);
  const load = performance.now() - start;

  const { state, decode, stamps } = await imageStateOf(explainer, params, work);
  context.emit('files', [...stamps, ...explainer.stamps]);
  const probabilities = probabilitiesOf(state.outputs);
  const { index, target } = chooseClass(labels, question, probabilities);

  const run = (of: Explainer, seen: ImageState) =>
    methods[method].run(networkOf(of, seen, blur, work), target, options);
  async function* runLater(layer: string): MethodRun {
    const of = await explainerOf(asked, layer);
    return yield* run(of, (await imageStateOf(of, params, work)).state);
  }
  const inputSize = inputSizeOf(explainer);
  const later = layers.map((layer) => () => runLater(layer));
  const frames = layers.length > 1 ? severalLayers(later, inputSize) : run(explainer, state);
  let first: number | undefined;
  let frame: Frame | undefined;
  let step = await frames.next();
  for (; !step.done; step = await frames.next()) {
    frame = { ...step.value, inputSize, imageTransform: state.input.transform };
    first ??= performance.now() - start;
    context.emit('frame', frame);
  }

  const { scores = new Float32Array(), whyBlank, note, completeness } = step.value;
  const { min, max, zero } = saliencyOf(frame!);
  const said = [...notes, ...(note !== undefined && !zero ? [note] : [])].join('; ');
  const score = (of: number): ClassScore => ({ class: of, label: labels[of]!, probability: probabilities[of]! });
  const { others, contrastWeight } = question;
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
    saliency: { min, max, zero, ...(zero && { reason: whyBlank }), ...(said !== '' && { note: said }) },
    scores,
    ...(completeness && { completeness }),
    milliseconds: { load, decode, first: first!, total: performance.now() - start },
    device,
    passes: work.passes,
  };
}

type Asked = Pick<MethodChoice, 'method' | 'options'>;

/** The explainer for a choice, or for what stands in for it, with the reasons in words. */
async function suited(
  asked: Asked,
  explainerOf: (choice: Asked) => Promise<Explainer>,
  notes: readonly string[] = [],
): Promise<{ readonly explainer: Explainer; readonly asked: Asked; readonly notes: readonly string[] }> {
  try {
    return { explainer: await explainerOf(asked), asked, notes };
  } catch (thrown) {
    const standIn = standInFor(asked, thrown);
    if (!standIn) throw thrown;
    return suited(standIn, explainerOf, [...notes, standIn.note]);
  }
}
