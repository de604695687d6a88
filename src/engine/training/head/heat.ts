/** Which heat the fit of the last layer penalises. */
import { evenly } from '../../../core/clusters/suspicion';
import { mapsOf } from '../../../core/model/layers/arrangement';
import type { Head } from '../../../core/training/head/head';
import { type HeatedImage, type HeatPenalty, heatPenalty } from '../../../core/training/head/heat';
import type { Linear } from '../../../core/training/head/linear';
import type { TrainingImage } from '../../../protocol/training';
import { pixelsOf } from '../../clusters/pixels';
import { layerOf } from '../../sessions/explainer';
import { createRunner } from '../../sweep/run';
import { passesOf } from '../images';
import type { Run } from '../run';

/** Images whose heat is penalised at most; they stay in memory as maps of all channels. */
const MOST = 256;
/** How far a feature may be from the mean of its map, relative to the largest of the image. */
const NEAR = 1e-4;

/**
 * The heat for an image's class in a region, of images that are trained on as they are and with the region blurred: the answer must not
 * need it.
 *
 * @param features of all training images
 * @returns undefined if nothing is penalised; the user is told where it can't be
 */
export async function penaltyOf(
  { params, plan, network, images, work, state }: Run,
  { size, rows }: Head,
  features: Float32Array,
  start: Linear,
): Promise<HeatPenalty | undefined> {
  const { train, options } = params;
  const hidden = new Map(train.flatMap(({ id, pasted }) => (pasted && !pasted.from ? [[id, pasted.cells]] : [])));
  const isAsked = ({ id, pasted, truth }: TrainingImage) => !pasted && truth.length === 1 && hidden.has(id);
  const asked = options.heat > 0 ? [...train.keys()].filter((index) => isAsked(train[index]!)) : [];
  if (asked.length === 0) return undefined;
  const layer = layerOf(network);
  const chosen = evenly(asked, MOST);
  const found: HeatedImage[] = [];
  for await (const { passed } of passesOf(createRunner(network), images.train.read(chosen), work)) {
    const index = chosen[found.length]!;
    const { id, truth } = train[index]!;
    const maps = mapsOf(passed.activations, layer);
    if (layer.channels !== size || !areMeans(features.subarray(index * size, (index + 1) * size), maps)) {
      state.notes.push(NOT_LINEAR);
      return undefined;
    }
    const cells = new Uint8Array(layer.height * layer.width);
    for (const cell of pixelsOf(hidden.get(id)!, layer)) cells[cell] = 1;
    const isSingle = rows < plan.kind.classes;
    found.push({
      ...{ maps, chosen: cells },
      ...{ row: isSingle ? 0 : truth[0]!, sign: isSingle && truth[0] === 0 ? -1 : 1 },
    });
  }
  return heatPenalty(found, start, options.heat);
}

const NOT_LINEAR =
  'Heat in the regions of suspicious clusters was not penalised, since the last layer does not read the mean of each channel of the layer that maps are made of.';

/** Whether each feature is the mean of its map. */
function areMeans(features: Float32Array, maps: Float32Array): boolean {
  const cells = maps.length / features.length;
  const most = features.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return features.every((feature, k) => {
    const mean = maps.subarray(k * cells, (k + 1) * cells).reduce((sum, value) => sum + value, 0) / cells;
    return Math.abs(feature - mean) <= NEAR * most;
  });
}
