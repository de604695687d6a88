/** What the answers to several groups of requests share. */
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import { classesOfCategories } from '../../files/datasets/classes';
import type { VersionId, VersionInfo, Work } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { CancelSignal } from '../../protocol/table';
import { areSame } from '../mapping';
import type { KeptModels } from '../models/kept';
import type { Place, Places } from '../models/places';
import type { OpenRun, RunFiles } from '../run-files';
import type { SweepTask } from '../work/sweep';
import type { Job, Works } from '../work/works';

export interface Tools {
  readonly engine: Engine;
  readonly files: RunFiles;
  readonly works: Works;
  readonly places: Places;
  /** Copies of models, if any are kept. */
  readonly kept: KeptModels | undefined;
  /** Milliseconds between two looks at a model's file. */
  readonly watchInterval: number;
  /** What the work on a version needs beside its model. */
  taskOf(run: OpenRun, version: VersionId, device: DeviceChoice): Omit<SweepTask, keyof Place>;
  /** Starts the sweep of a version, or goes on with it. */
  sweep(run: OpenRun, version: VersionId, device: DeviceChoice, urgency?: Urgency): { readonly work: number };
}

/** Of a sweep that goes before others; see `Job`. */
export type Urgency = Required<Pick<Job, 'urgency' | 'ended'>>;

/** @throws run-file-invalid */
export function versionOf(run: OpenRun, id: VersionId): VersionInfo {
  const version = run.info().versions.find((one) => one.id === id);
  if (!version) throw datasetErrors.runFileInvalid(run.path, `it has no version ${id}`);
  return version;
}

/** What the categories mean stays as it was for the version before, if it has the same classes. */
export function meansOf(run: OpenRun, before: VersionInfo, labels: readonly string[]): VersionInfo['classes'] {
  return areSame(labels, before.labels) ? before.classes : classesOfCategories(run.info().categories, labels).classes;
}

/** The service is served with signals that can be listened to. */
export function abortSignal(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  throw errors.internal('a request that can not be cancelled');
}

/** States of work that goes on no more. */
export const ENDED: ReadonlySet<string> = new Set(['done', 'failed']);

/** Goes on with work that is there already, even if it was paused, and starts it otherwise. */
export function goOnOrStart(
  works: Works,
  run: OpenRun,
  isSame: (work: Work) => boolean,
  start: () => number,
): { readonly work: number } {
  const there = works.of(run.path).find((work) => !ENDED.has(work.state) && isSame(work));
  if (there) works.resume(run.path, there.id);
  return { work: there?.id ?? start() };
}
