/** Some images of a sweep: asked of the engine, and looked at again afterwards. */
import { stat } from 'node:fs/promises';
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import type { ItemId, VersionInfo } from '../../protocol/dataset';
import type { Device, DeviceChoice } from '../../protocol/devices';
import type { ModelChoice, SweepImage, SweepParams } from '../../protocol/requests';
import type { NewRow } from '../store/form';
import { answersOf } from './answers';
import { categoriesByClass, truthOf } from './classes';
import { changeOf, type Identified } from './images';
import type { ModelWatch } from './model';

export interface PartTask {
  /** Folder of the images. */
  readonly root: string;
  readonly version: Pick<VersionInfo, 'classes'>;
  /** Names of the dataset's categories. */
  readonly categories: readonly string[];
  readonly choice: ModelChoice;
  readonly device: DeviceChoice;
  readonly engine: Engine;
  readonly model: ModelWatch;
  /** Longer side of thumbnails, in pixels; without it none are made. */
  readonly thumbnail?: number;
  /** Called with the device that has computed. */
  readonly ran?: (device: Device) => void;
}

/** Classes of a row; the store keeps so many. */
const TOP = 5;

type Readable = Extract<Identified, { readonly hash: string }>;

/** Where the whole dataset is gone, such as with a disk, its images are not to blame. */
export async function checkRoot(root: string): Promise<void> {
  const isThere = await stat(root).then(
    () => true,
    () => false,
  );
  if (!isThere)
    throw datasetErrors.datasetInvalid(root, 'the folder of its images is not there; what is computed is kept');
}

/**
 * @returns a row for each image that was answered, in no certain order; fewer if the work is cancelled
 * @throws every failure that is not one image's
 */
export async function computePart(
  task: PartTask,
  part: readonly Readable[],
  signal: AbortSignal,
): Promise<readonly NewRow[]> {
  const { version, choice, device, engine, thumbnail } = task;
  const byId = new Map(part.map(({ item, hash }) => [item.id, { item, hash, truth: truthOf(item, version.classes) }]));
  const rows: NewRow[] = [];
  const params: SweepParams = {
    model: choice,
    device,
    images: part.map(({ item }): SweepImage => {
      const { id, file, annotated } = item;
      return { id, path: file, truth: byId.get(id)!.truth, ...(annotated && { annotated }) };
    }),
    categories: categoriesByClass(task.categories, version.classes),
    top: TOP,
    ...(thumbnail !== undefined && { thumbnail }),
    maps: true,
  };
  const answers = {
    ...(task.ran && { ran: task.ran }),
    swept: (swept: Extract<NewRow, { swept: unknown }>['swept']) => {
      const { hash, truth } = byId.get(swept.id)!;
      const correct = truth.length > 0 ? { correct: truth.includes(swept.top[0]![0]) } : {};
      rows.push({ item: swept.id, hash, swept, ...correct });
    },
    failed: ({ id, code, message }: { id: ItemId; code: string; message: string }) =>
      void rows.push({ item: id, hash: byId.get(id)!.hash, error: { code, message } }),
  };
  try {
    await answersOf(engine, params, answers, signal);
  } catch (thrown) {
    // What was answered before the end is kept.
    if (!signal.aborted) throw thrown;
  }
  await task.model.check();
  const checked = await Promise.all(
    rows.map(async (row): Promise<NewRow> => {
      const change = await changeOf(byId.get(row.item)!.item);
      return change ? { item: row.item, error: { code: change.code, message: change.message } } : row;
    }),
  );
  if (checked.some((row) => 'error' in row && row.error.code === 'image-missing')) await checkRoot(task.root);
  return checked;
}
