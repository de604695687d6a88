/** The sweep of a version: predictions and maps of all items, shard by shard. */
import type { Engine } from '../../client/engine';
import { errors } from '../../core/errors';
import type { ItemId, VersionInfo } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';
import { callSize, shardSize } from '../plan/shards';
import type { NewRow, RunFile, StoredItem } from '../store/form';
import { asListed, sameTruth } from './classes';
import { type Identified, identified } from './images';
import type { ModelWatch } from './model';
import { checkRoot, computePart } from './part';
import type { Control } from './works';

/** Items that are on screen. `serial` is raised with every change. */
export interface Shown {
  readonly items: readonly ItemId[];
  readonly serial: number;
}

export interface SweepTask {
  readonly file: RunFile;
  readonly version: VersionInfo;
  readonly choice: ModelChoice;
  readonly device: DeviceChoice;
  readonly engine: Engine;
  readonly model: ModelWatch;
  readonly shown: () => Shown;
  /** Longer side of thumbnails, in pixels; without it none are made. */
  readonly thumbnail?: number;
  /** Called after rows were committed. */
  readonly committed: () => void;
}

interface Shard {
  readonly items: readonly StoredItem[];
  readonly found: Promise<readonly Identified[]>;
  readonly serial: number;
}

/**
 * @throws cancelled, with the rows of finished calls committed; every failure that is not one image's
 */
export async function sweep(task: SweepTask, control: Control): Promise<void> {
  const { file, version, shown } = task;
  let { done, failed } = countsOf(file, version);
  const total = file.info().items;
  const report = (): void => control.report({ done, total, failed });
  await control.turn();
  report();
  await task.model.check(control.signal);
  let next = take(0, []);
  for (let count = 1; ; count++) {
    await control.turn();
    // What has come on screen since the shard was chosen goes first.
    // What a shard has left undone is in none that was chosen meanwhile.
    const isNext = next.serial === shown().serial && next.items.length > 0;
    const shard = isNext ? next : take(count - 1, []);
    if (shard.items.length === 0) return file.updateAgreement(version.id, control.signal);
    // The next shard's files are read while the engine computes.
    next = take(count, shard.items);
    const before = done + failed;
    await computeShard(task, shard, control, (rows, copies) => {
      commit(task, rows, copies);
      failed += rows.filter((row) => 'error' in row).length;
      done += rows.filter((row) => 'swept' in row).length + copies.length;
      report();
    });
    if (done + failed === before && !control.signal.aborted) throw errors.internal('a shard came to nothing');
  }

  function take(count: number, inWork: readonly StoredItem[]): Shard {
    const { items: first, serial } = shown();
    const size = shardSize(count);
    const without = new Set(inWork.map(({ id }) => id));
    const waiting = file.waiting(version.id, size + inWork.length, first).filter(({ id }) => !without.has(id));
    const items = waiting.slice(0, size);
    const found = identified(items, control.signal);
    // Where the work ends before, nobody waits for it.
    found.catch(() => {});
    return { items, found, serial };
  }
}

export function countsOf(
  file: RunFile,
  { id }: Pick<VersionInfo, 'id'>,
): { readonly done: number; readonly failed: number } {
  return file.info().versions.find((version) => version.id === id) ?? { done: 0, failed: 0 };
}

type Copy = readonly [from: ItemId, to: ItemId];

/** One transaction for the rows; rows of identical files are copied afterwards. */
function commit({ file, version, committed }: SweepTask, rows: readonly NewRow[], copies: readonly Copy[]): void {
  if (rows.length > 0) file.commitRows(version.id, rows);
  for (const [from, to] of copies) file.copyRow(version.id, from, to);
  if (rows.length + copies.length > 0) committed();
}

/** Computes a shard, or less of it if the work is cancelled or other items come on screen; then commits what is done. */
async function computeShard(
  task: SweepTask,
  { found, serial }: Shard,
  control: Control,
  done: (rows: readonly NewRow[], copies: readonly Copy[]) => void,
): Promise<void> {
  const rows: NewRow[] = [];
  const copies: Copy[] = [];
  const unique: (Identified & { hash: string })[] = [];
  const same: (readonly [of: StoredItem, Identified & { hash: string }])[] = [];
  const all = await found;
  if (all.some((one) => 'error' in one && one.error.code === 'image-missing')) await checkRoot(task.file.info().root);
  for (const one of all) {
    if ('error' in one) {
      const { code, message } = one.error;
      rows.push({ item: one.item.id, error: { code, message } });
      continue;
    }
    const from = twinOf(task, one);
    const first = unique.find(({ hash, item }) => hash === one.hash && sameTruth(item, one.item));
    if (from !== undefined) copies.push([from, one.item.id]);
    else if (first) same.push([first.item, one]);
    else unique.push(one);
  }
  const goesOn = (): boolean => control.goesOn() && task.shown().serial === serial;
  const compute = async (wanted: readonly (Identified & { hash: string })[]): Promise<void> => {
    for (let at = 0; at < wanted.length; ) {
      const part = wanted.slice(at, at + callSize(control.rate()));
      at += part.length;
      rows.push(...(await computePart({ ...asListed(task), root: task.file.info().root }, part, control.signal)));
      if (!goesOn()) break;
    }
  };
  try {
    await compute(unique);
    // A failure names its file, so that each of identical files has one of its own.
    const failures = new Set(rows.flatMap((row) => ('error' in row ? [row.item] : [])));
    const again = same.flatMap(([{ id }, one]) => (failures.has(id) ? [one] : []));
    if (goesOn()) await compute(again);
  } finally {
    const swept = new Set(rows.flatMap((row) => ('swept' in row ? [row.item] : [])));
    for (const [{ id }, { item: to }] of same) if (swept.has(id) && !swept.has(to.id)) copies.push([id, to.id]);
    done(rows, copies);
  }
}

/** A finished row of identical bytes, of which the dataset says the same. */
function twinOf({ file, version }: SweepTask, { item, hash }: Identified & { hash: string }): ItemId | undefined {
  const twin = file.twin(version.id, hash);
  return twin !== undefined && twin !== item.id && sameTruth(file.item(twin), item) ? twin : undefined;
}
