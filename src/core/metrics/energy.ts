/** The energy-based pointing game (Score-CAM, arXiv 1910.01279, section 4.3). */
import type { Located, MetricResult } from './metric';
import { centreOf, isOn, shownRegions } from './regions';

export const energyOptions = {};

/**
 * The share of the map's positive saliency that lies on objects of the class, 0 to 1. There is no score if the map has
 * no positive saliency, or if the network's input shows none of the objects.
 */
export function energy({ network, saliency, imageTransform, regions = [] }: Located): MetricResult {
  const shown = shownRegions(regions, network.input, imageTransform).map((object) =>
    isOn(object, imageTransform.image),
  );
  let [inside, total] = [0, 0];
  saliency.map.forEach((value, i) => {
    if (!(value > 0)) return;
    total += value;
    const point = centreOf(i, network.input.width, imageTransform);
    if (shown.some((on) => on(point, 0))) inside += value;
  });
  return { scores: shown.length > 0 && total > 0 ? { energy: inside / total } : {} };
}
