/** The request `measure`: scores and curves for the map of an explanation. */
import { errors } from '../../core/errors';
import type { Measured, MeasuredMap, Measurement } from '../../core/metrics/measurement';
import { measureMap, metricNeeds, SCORES } from '../../core/metrics/metric-table';
import type { MeasureParams, RequestContext } from '../../protocol/requests';
import { layersOf } from '../model/inspect';
import { encodePng, nameOf } from '../pictures/image';
import { pictureOf } from '../pictures/prepare';
import type { Explainer, Part } from '../sessions/explainer';
import type { Work } from '../sessions/passes';
import { using } from '../sessions/sessions';
import type { Turn } from '../turns';
import { imageStateOf, inputSizeOf } from './image-state';
import { partsFor } from './method-needs';
import { subjectsOf } from './subject';

/**
 * @param explainerWith returns the explainer of the model and device, with the given parts
 * @param context its `pause` is called between two chunks
 * @throws cancelled between two chunks once `context.signal` is aborted; image-unreadable if the image has changed
 *   since it was explained; bad-option; every failure of models, images and the runtime
 */
export async function measure(
  explainerWith: (parts: readonly Part[]) => Promise<Explainer>,
  params: MeasureParams,
  context: RequestContext<'measure'> & Turn,
): Promise<Measurement> {
  const start = performance.now();
  const { explanation, metrics } = params;
  const otherMaps = metricNeeds(metrics).has('other-maps') && params.maps.includes('explanation');
  if (otherMaps && layersOf(params.model).length > 1)
    throw errors.badOption(
      'metrics',
      metrics.map(({ metric }) => metric).join(),
      'without adcc and max-sensitivity for averaged layers',
    );
  const explainer = await explainerWith(['images', ...(otherMaps ? partsFor(explanation) : [])]);
  const work: Work = { signal: context.signal, passes: 0, pause: context.pause };

  return using(explainer, async () => {
    const { state } = await imageStateOf(explainer, { image: params.image, blur: explanation.blur }, work);
    checkSame(explainer, params, state.input.transform.image);
    const subjects = await subjectsOf(explainer, state, explanation, params, work);
    const maps: { [M in MeasuredMap]?: Measured } = {};
    const pictures: Record<string, { from: Uint8Array; to: Uint8Array }> = {};
    const steps = params.maps.flatMap((map) => metrics.map(({ metric }) => `${map} ${metric}`));
    for (const map of params.maps) {
      const { scores, curves, ends } = await measureMap(subjects[map](), metrics, (metric, { done, total, curve }) => {
        const share = (steps.indexOf(`${map} ${metric}`) + done / total) / steps.length;
        context.emit('progress', { map, metric, share, ...(curve && { curve }) });
      });
      maps[map] = { scores, curves };
      for (const [metric, { from, to }] of Object.entries(params.pictures ? ends : {})) {
        const png = (image: Float32Array) => encodePng(pictureOf(image, explainer.info), 3);
        pictures[metric] ??= { from: await png(from), to: await png(to) };
      }
      context.emit('measured', known());
    }
    return known();

    function known(): Measurement {
      const found = Object.entries(SCORES).filter(([name]) => Object.values(maps).some(({ scores }) => name in scores));
      const { passes } = work;
      return {
        maps: { ...maps },
        scores: Object.fromEntries(found),
        pictures: { ...pictures },
        passes,
        milliseconds: performance.now() - start - context.paused(),
      };
    }
  });
}

/** Checks that the explanation is of this image and by this model. */
function checkSame(
  explainer: Explainer,
  { explanation, image }: MeasureParams,
  now: { width: number; height: number },
) {
  const { inputSize, imageTransform } = explanation.frame;
  const size = inputSizeOf(explainer);
  if (
    now.width !== imageTransform.image.width ||
    now.height !== imageTransform.image.height ||
    size.width !== inputSize.width ||
    size.height !== inputSize.height
  )
    throw errors.imageUnreadable(nameOf(image), 'it, or the model, has changed since it was explained');
}
