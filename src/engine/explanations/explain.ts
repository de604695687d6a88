/** The request `explain`: from an image and a model to frames and an explanation. */
import { whyNothing } from '../../core/methods/maps';
import { methods } from '../../core/methods/method-table';
import type { MethodRun } from '../../core/methods/network';
import { severalLayers } from '../../core/methods/several-layers';
import { type ClassScore, shownActivation } from '../../core/output';
import { blankFrame, type Frame, saliencyOf } from '../../core/saliency';
import { probabilitiesOf } from '../../core/target/class-scores';
import { whyNoSlope } from '../../core/target/saturated';
import type { Device } from '../../protocol/devices';
import type { Explanation, OwnComparison } from '../../protocol/explanation';
import type { ExplainParams, RequestContext } from '../../protocol/requests';
import { nameOf } from '../pictures/image';
import { createDue } from '../sessions/due';
import type { Explainer, ImageState } from '../sessions/explainer';
import { networkOf } from '../sessions/method-network';
import type { Work } from '../sessions/passes';
import { hold, type Sessions, using } from '../sessions/sessions';
import type { Turn } from '../turns';
import { chooseClass, classQuestion, topClasses } from './class-choice';
import { imageStateOf, inputSizeOf } from './image-state';
import { type Asked, checkLayer, layersFor, partsFor, refusalBy, suited } from './method-needs';
import { checkedOwnMap, ownMap } from './own-map';
import { checkOptions, completed } from './request-options';
import type { Way, Ways } from './ways';

/**
 * @param context its `pause` is called between two chunks
 * @throws cancelled between two chunks once `context.signal` is aborted; every failure of models, images, classes,
 *   options and the runtime
 */
export async function explain(
  sessions: Sessions,
  device: Device,
  params: ExplainParams,
  context: RequestContext<'explain'> & Turn,
  ways: Ways,
): Promise<Explanation> {
  checkOptions(params);
  const start = performance.now();
  const work: Work = { signal: context.signal, passes: 0, pause: context.pause, due: createDue() };
  const elapsed = () => performance.now() - start - context.paused();
  const own = params.own && checkedOwnMap((await sessions.know(params.model)).info, params);
  const wanted = completed({ ...params, ...(own && { method: own.method, options: own.options, blur: own.blur }) });
  const { blur } = wanted;
  const layers = own ? [own.layer] : layersFor(params);
  const explainerOf = ({ method, options }: Asked, layer?: string) =>
    sessions
      .explainerFor(
        { ...params.model, ...(layer !== undefined && { layer }) },
        device,
        [...partsFor({ method, options }), ...(own ? (['own-map'] as const) : [])],
        (info) => checkLayer(method, info),
      )
      .catch(refusalBy(method));
  // All names are checked before any session is created.
  if (layers.length > 1) for (const layer of layers) await sessions.know({ ...params.model, layer });
  const { made: explainer, asked, notes } = await suited(wanted, (choice) => explainerOf(choice, layers[0]));
  // An explanation that goes first may need the memory of these sessions.
  return using(explainer, async () => {
    const { method, options } = asked;
    const { info } = explainer;
    const { value: labels } = info.labels;
    const question = classQuestion(labels, params);
    const load = elapsed();

    const isPlain = layers.length < 2 && !own && question.others.length === 0;
    const way = isPlain ? ways.for(explainer, { ...asked, blur }, work) : undefined;
    const { candidates } = question;
    const known = candidates?.length === 1 ? candidates[0] : undefined;
    const { state, decode, stamps } = await imageStateOf(
      explainer,
      params,
      work,
      way && ((input) => way.first(input, known)),
    );
    context.emit('files', [...stamps, ...explainer.stamps]);
    const probabilities = probabilitiesOf(state.outputs);
    const { index, target } = chooseClass(labels, question, probabilities);

    const run = (of: Explainer, seen: ImageState) =>
      methods[method].run(networkOf(of, seen, blur, work), target, options);
    async function* runLater(layer: string): MethodRun {
      const of = await explainerOf(asked, layer);
      const release = hold(of);
      try {
        return yield* run(of, (await imageStateOf(of, params, work)).state);
      } finally {
        release();
      }
    }
    const inputSize = inputSizeOf(explainer);
    const later = layers.map((layer) => () => runLater(layer));
    let comparison: OwnComparison | undefined;
    const compared = (found: OwnComparison) => {
      comparison = found;
    };
    async function* inOneWay(of: Way): MethodRun {
      return yield* methods[method].run(await of.network(state, { index, target }), target, options);
    }
    const here = () => (way ? inOneWay(way) : run(explainer, state));
    const single = () => (own ? ownMap(explainer, state, { own, class: index }, here, compared, work) : here());
    const frames = layers.length > 1 ? severalLayers(later, inputSize) : single();
    let first: number | undefined;
    let frame: Frame | undefined;
    let step = await frames.next();
    for (; !step.done; step = await frames.next()) {
      frame = { ...step.value, inputSize, imageTransform: state.input.transform };
      first ??= elapsed();
      context.emit('frame', frame);
      work.due?.shown();
    }

    const result = step.value;
    const { scores = new Float32Array(), note, completeness } = result;
    const { min, max, zero } = saliencyOf(frame!);
    const { precision } = work;
    const scoredIn = precision && `masks scored in ${precision.used}: ${precision.reason}`;
    const asOne = work.way?.used === 'one graph' && `computed in one run: ${work.way.reason}`;
    const said = [
      ...notes,
      ...(asOne ? [asOne] : []),
      ...(scoredIn ? [scoredIn] : []),
      ...(note !== undefined && !zero ? [note] : []),
    ].join('; ');
    const reason = () =>
      (work.hasSlope === false && whyNoSlope(info.output, state.outputs, target)) || whyNothing({ min, max }, result);
    const score = (of: number): ClassScore => ({ class: of, label: labels[of]!, probability: probabilities[of]! });
    const { others, contrastWeight } = question;
    return {
      image: nameOf(params.image),
      model: info.path,
      method,
      options,
      blur,
      layer: layers.length > 1 ? layers.join(' + ') : info.layer.value,
      ...(comparison && { own: comparison }),
      ...(others.length > 0 && { contrast: others.map(score), contrastWeight }),
      ...score(index),
      activation: shownActivation(info.output),
      top: topClasses(probabilities, params.top).map(score),
      probabilities,
      frame: zero ? blankFrame(frame!) : frame!,
      saliency: { min, max, zero, ...(zero && { reason: reason() }), ...(said !== '' && { note: said }) },
      scores,
      ...(precision && { precision }),
      ...(work.way && { way: work.way }),
      ...(completeness && { completeness }),
      milliseconds: { load, decode, first: first!, total: elapsed() },
      device,
      passes: work.passes,
    };
  });
}
