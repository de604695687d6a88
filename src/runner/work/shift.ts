/** The shift of the heat between two versions: from stored maps, and from maps that version `b` has to be asked for. */
import type { Engine } from '../../client/engine';
import { toExplainError } from '../../core/errors';
import { pausing } from '../../files/pause';
import type { ItemId, VersionInfo } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { SweepImage, SweepParams, SweptImage } from '../../protocol/requests';
import type { Place } from '../models/places';
import { callSize } from '../plan/shards';
import type { MissingMap, OtherMap, RunFile } from '../store/form';
import { answersOf } from './answers';
import { asListed, categoriesByClass } from './classes';
import { changeOf } from './images';
import type { Control } from './works';

export interface ShiftTask {
  readonly file: RunFile;
  readonly a: VersionInfo;
  readonly b: VersionInfo;
  readonly device: DeviceChoice;
  readonly engine: Engine;
  /** Uses the model of `b`; rejects if there is none. */
  readonly withModel: (use: (place: Place) => Promise<void>) => Promise<void>;
}

/**
 * @throws cancelled, with what is done kept; failures of the engine that are not one image's. If the model of `b` is gone,
 *   the work ends without the rows that need it, and its reason says so.
 */
export async function findShift(task: ShiftTask, control: Control): Promise<void> {
  const { file, a, b } = task;
  await control.turn();
  let [done, total, failed] = [0, 0, 0];
  let reason: string | undefined;
  let lacksModel = false;
  const report = (): void =>
    control.report({ done, total, failed, ...(reason !== undefined && { reason }), ...(lacksModel && { lacksModel }) });
  const slice = pausing(control.signal);
  const pause = async (): Promise<void> => {
    await slice();
    if (!control.goesOn()) await control.turn();
  };
  let missing = await file.updateShifts(a.id, b.id, pause, (now, all) => {
    [done, total] = [now, all];
    report();
  });
  if (missing.length === 0) return;
  const byModel = async (place: Place): Promise<void> => {
    await place.model.check(control.signal);
    while (missing.length > 0) {
      await control.turn();
      const part = missing.slice(0, callSize(control.rate()));
      const failure = await computePart(task, place, part, control.signal, (count) => {
        done += count;
        failed += part.length - count;
      });
      missing = missing.slice(part.length);
      reason ??= failure;
      report();
    }
  };
  await task.withModel(byModel).catch((thrown) => {
    const { code, message } = toExplainError(thrown);
    if (!GONE.has(code)) throw thrown;
    lacksModel = true;
    reason = `${missing.length} rows need other maps of ${b.name}, whose model can't be run. ${message}`;
    report();
  });
}

/** Failures of a model that is no longer what it was. */
const GONE: ReadonlySet<string> = new Set([
  'model-changed',
  'model-missing',
  'model-unreadable',
  'external-data-missing',
]);

/**
 * @param counted called with the number of rows whose shift is known now, or is known to be none
 * @returns why an image failed, if one did
 */
async function computePart(
  { file, a, b, device, engine }: ShiftTask,
  { choice, model }: Place,
  part: readonly MissingMap[],
  signal: AbortSignal,
  counted: (count: number) => void,
): Promise<string | undefined> {
  const items = part.map(({ item }) => file.item(item));
  let failure: string | undefined;
  const changed = new Set<ItemId>();
  const lookAtFiles = async (): Promise<void> => {
    const changes = await Promise.all(items.map(changeOf));
    for (const [i, change] of changes.entries()) {
      if (!change) continue;
      changed.add(items[i]!.id);
      failure ??= change.message;
    }
  };
  await lookAtFiles();
  const classes = new Map(part.map(({ item, class: index }) => [item, index]));
  const images = items
    .filter(({ id }) => !changed.has(id))
    .map(
      ({ id, file: path, annotated }): SweepImage => ({
        id,
        path,
        truth: [],
        class: classes.get(id)!,
        ...(annotated && { annotated }),
      }),
    );
  const answers: SweptImage[] = [];
  const { categories, version } = asListed({ file, version: b });
  const params: SweepParams = {
    model: choice,
    device,
    images,
    categories: categoriesByClass(categories, version.classes),
    top: 1,
    maps: true,
  };
  const told = {
    swept: (answer: SweptImage) => void answers.push(answer),
    failed: ({ message }: { readonly message: string }) => {
      failure ??= message;
    },
  };
  try {
    await answersOf(engine, params, told, signal);
  } catch (thrown) {
    // What was answered before the end is kept.
    if (!signal.aborted) throw thrown;
  }
  await model.check();
  await lookAtFiles();
  const right = answers.filter(({ id }) => !changed.has(id));
  const maps = right.flatMap(({ id, map, measures = {}, blank }): OtherMap[] => {
    if (!map) return [];
    const { height, width, map: values, offset, signed } = map;
    const made = { height, width, offset, signed, values };
    return [
      { item: id, class: classes.get(id)!, layer: b.layer, map: made, measures, ...(blank !== undefined && { blank }) },
    ];
  });
  const none = right.filter(({ map }) => !map).map(({ id }) => id);
  file.commitShifts(a.id, b.id, maps, none);
  counted(right.length);
  return failure;
}
