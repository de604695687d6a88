/** Computes better maps of some rows, one after another, and keeps them beside the sweep's. */
import { type AnnotatedImage, regionsIn } from '../../core/annotations/annotations';
import { type ExplainError, toExplainError } from '../../core/errors';
import { measuresOf } from '../../core/measures/map-measures';
import type { ItemId, MapChoice, VersionInfo } from '../../protocol/dataset';
import type { Explanation } from '../../protocol/explanation';
import type { NewMap, StoredItem } from '../store/form';
import { asListed, categoriesByClass } from './classes';
import { changeOf } from './images';
import type { SweepTask } from './sweep';
import type { Control } from './works';

/** What the map of one image needs. */
export interface MapTask extends Pick<SweepTask, 'choice' | 'device' | 'engine'> {
  readonly categories: readonly string[];
  readonly version: Pick<VersionInfo, 'classes'>;
  readonly method: MapChoice;
}

export interface MapsTask extends Omit<SweepTask, 'thumbnail'> {
  readonly method: MapChoice;
  readonly items: readonly ItemId[];
}

/** Maps of one transaction, and milliseconds after which fewer are written. */
const SHARD = 32;
const PATIENCE = 1000;
/** How often the engine may end on one image before it is left out. */
const DEATHS = 2;

/** Failures of one image. Any other failure ends the work. */
const OF_IMAGE: ReadonlySet<string> = new Set([
  'image-missing',
  'image-unreadable',
  'image-too-large',
  'annotations-invalid',
  'not-finite',
  'runtime-failed',
]);
const DIED: ReadonlySet<string> = new Set(['engine-crashed', 'timeout']);

/** @throws cancelled, with the maps before it kept; every failure that is not one image's */
export async function computeMaps(task: MapsTask, control: Control): Promise<void> {
  const { file, version, method, items, shown } = task;
  const left = new Set(items);
  for (const item of file.haveMap(version.id, method, items)) left.delete(item);
  let total = left.size;
  let [done, failed] = [0, 0];
  let reason: string | undefined;
  let maps: NewMap[] = [];
  let committedAt = performance.now();
  const report = (): void => control.report({ done, total, failed, ...(reason !== undefined && { reason }) });
  const commit = (): void => {
    committedAt = performance.now();
    if (maps.length === 0) return;
    file.commitMaps(version.id, maps);
    maps = [];
    task.committed();
  };
  await control.turn();
  report();
  await task.model.check(control.signal);
  try {
    while (left.size > 0) {
      await control.turn();
      const item = shown().items.find((id) => left.has(id)) ?? left.values().next().value!;
      left.delete(item);
      const found = await mapOf(task, item, control.signal);
      await task.model.check();
      if (!found) {
        total -= 1;
      } else if ('code' in found) {
        failed += 1;
        reason ??= found.message;
      } else {
        done += 1;
        maps.push(found);
      }
      report();
      if (maps.length === SHARD || performance.now() - committedAt > PATIENCE) commit();
    }
  } finally {
    commit();
  }
  await file.updateAgreement(version.id, control.signal);
}

/** @returns undefined for a row that is not computed yet, since its class is not known */
async function mapOf(task: MapsTask, item: ItemId, signal: AbortSignal): Promise<NewMap | ExplainError | undefined> {
  const { file, version } = task;
  const { row } = await file.row({ version: version.id, item }, { signal, emit: () => {} });
  const predicted = row.top?.[0]?.[0];
  if (predicted === undefined) return undefined;
  return mapOfClass(asListed(task), file.item(item), predicted, signal);
}

/** @returns the map of a class of an image, or why there is none */
export async function mapOfClass(
  task: MapTask,
  stored: StoredItem,
  index: number,
  signal: AbortSignal,
): Promise<NewMap | ExplainError> {
  const change = await changeOf(stored);
  if (change) return change;
  try {
    const explanation = await explained(task, stored, index, signal);
    return newMap(task, stored, explanation);
  } catch (thrown) {
    const error = toExplainError(thrown);
    if (OF_IMAGE.has(error.code) || (DIED.has(error.code) && !signal.aborted)) return error;
    throw thrown;
  }
}

/** Asks again if the engine has ended. */
async function explained(
  { engine, choice, device, method }: MapTask,
  { file }: StoredItem,
  index: number,
  signal: AbortSignal,
): Promise<Explanation> {
  for (let deaths = 1; ; deaths++) {
    try {
      const image = { path: file };
      const params = { ...method, view: 'maps', image, model: choice, target: { index }, device, top: 1 };
      return await engine.call('explain', params, { signal });
    } catch (thrown) {
      if (!DIED.has(toExplainError(thrown).code) || deaths === DEATHS) throw thrown;
    }
  }
}

function newMap(
  { version, categories, method }: MapTask,
  { id, annotated }: StoredItem,
  explanation: Explanation,
): NewMap {
  const { frame, layer, class: index, saliency } = explanation;
  const { height, width, map, offset, signed, inputSize, imageTransform: transform } = frame;
  const shows = categoriesByClass(categories, version.classes)[index] ?? [];
  const regions = annotated && regionsOf(annotated, transform.image, shows);
  return {
    item: id,
    method,
    layer,
    class: index,
    map: { height, width, offset, signed, values: map },
    measures: measuresOf({ map: frame, inputSize, transform, ...(regions && { regions }) }),
    ...(saliency.reason !== undefined && { blank: saliency.reason }),
  };
}

const regionsOf = (
  annotated: AnnotatedImage,
  size: Explanation['frame']['imageTransform']['image'],
  shows: readonly string[],
) => regionsIn(annotated, size).filter(({ category }) => shows.includes(category));
