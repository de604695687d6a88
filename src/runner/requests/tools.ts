/** What the answers to several groups of requests share. */
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import { errors } from '../../core/errors';
import type { VersionId, VersionInfo } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { CancelSignal } from '../../protocol/table';
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

/** The service is served with signals that can be listened to. */
export function abortSignal(signal: CancelSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  throw errors.internal('a request that can not be cancelled');
}

/** States of work that goes on no more. */
export const ENDED: ReadonlySet<string> = new Set(['done', 'failed']);
