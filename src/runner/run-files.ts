/** The run files that are open, each with its lock, its work, and those who follow it. */
import path from 'node:path';
import { type Throttled, throttled } from '../client/throttle';
import { datasetErrors } from '../core/dataset-errors';
import { ExplainError, errors, reasonOf } from '../core/errors';
import { isLocked, lock } from '../files/lock/lock';
import { makeFolder } from '../files/output';
import type { RunInfo, VersionId } from '../protocol/dataset';
import type { RunnerRequests } from '../protocol/runner';
import type { ContextOf } from '../protocol/table';
import type { RepairInfo } from '../protocol/training';
import { type Found, findModel } from './models/find';
import type { KeptModels } from './models/kept';
import { lookAtOther } from './other';
import type { OpenRunFile, RunFile } from './store/form';
import type { Shown } from './work/sweep';
import type { Works } from './work/works';

export interface OpenRun {
  readonly path: string;
  readonly file: RunFile;
  /** With the reasons why versions can't be run. */
  info(): RunInfo;
  /** @throws run-file-busy, run-file-unwritable if nothing can be written to it */
  writable(): RunFile;
  shown(version: VersionId): Shown;
  show(version: VersionId, items: Shown['items']): void;
  /** Items were listed again: what was chosen to be computed next is chosen anew. */
  listedAgain(): void;
  /** Tells followers that rows of a version have changed. */
  rowsChanged(version: VersionId): void;
  /** Tells followers that a training has gone on. @param info undefined if there is none any more */
  repairChanged(repair: number, info: () => RepairInfo | undefined): void;
  infoChanged(): void;
  /** The user has changed something, and may build on it with the next key: followers are told at once. */
  userChanged(): void;
  workChanged(): void;
  follow(context: ContextOf<RunnerRequests, 'follow'>): Promise<void>;
  /** Looks whether the versions' models are as they were, and tells followers. */
  lookAtModels(): Promise<void>;
}

export interface RunFiles {
  /** Opens a file once more; each has to be closed. */
  open(file: string, create: boolean): Promise<OpenRun>;
  /** @throws run-file-invalid if it is not open */
  get(file: string): OpenRun;
  isOpen(file: string): boolean;
  /** Closes what was opened once; with the last one the work on it ends. */
  close(file: string): Promise<void>;
  closeAll(): Promise<void>;
  workChanged(file: string): void;
}

const WORK_INTERVAL = 250;
const ROWS_INTERVAL = 500;

export interface RunFilesOptions {
  readonly openRunFile: OpenRunFile;
  readonly works: () => Works;
  /** Folder of the files with thumbnails. */
  readonly thumbnails: string | undefined;
  /** Whether files are only read, so that others may write to them meanwhile. */
  readonly onlyReads: boolean;
  readonly kept: KeptModels | undefined;
  readonly log: (line: string) => void;
}

interface Entry {
  readonly run: Promise<OpenRun & { close(): void }>;
  users: number;
}

export function createRunFiles(options: RunFilesOptions): RunFiles {
  const entries = new Map<string, Entry>();
  const ready = new Map<string, OpenRun>();

  return {
    async open(file, create) {
      const key = path.resolve(file);
      const entry = entries.get(key) ?? { run: openRun(key, create, options), users: 0 };
      entries.set(key, entry);
      entry.users += 1;
      try {
        const run = await entry.run;
        ready.set(key, run);
        return run;
      } catch (thrown) {
        entries.delete(key);
        throw thrown;
      }
    },
    get(file) {
      const run = ready.get(path.resolve(file));
      if (!run) throw errors.internal(`${file} is not open`);
      return run;
    },
    isOpen: (file) => ready.has(path.resolve(file)),
    async close(file) {
      const key = path.resolve(file);
      const entry = entries.get(key);
      if (!entry) return;
      entry.users -= 1;
      if (entry.users > 0) return;
      entries.delete(key);
      ready.delete(key);
      const run = await entry.run;
      await options.works().cancelAll(key);
      run.close();
    },
    async closeAll() {
      for (const [key, entry] of entries) {
        entry.users = 1;
        await this.close(key);
      }
    },
    workChanged: (file) => ready.get(path.resolve(file))?.workChanged(),
  };
}

async function openRun(file: string, create: boolean, options: RunFilesOptions): Promise<OpenRun & { close(): void }> {
  const { openRunFile, works, thumbnails, onlyReads, kept, log } = options;
  const locked = onlyReads ? { unlock: () => {} } : await locking(file, create);
  let store: RunFile;
  try {
    store = await openRunFile(file, {
      create,
      ...('readOnly' in locked && { readOnly: locked.readOnly.message }),
      ...(thumbnails !== undefined && { thumbnails }),
    });
  } catch (thrown) {
    if ('unlock' in locked) locked.unlock();
    throw thrown;
  }
  type Follower = ContextOf<RunnerRequests, 'follow'>;
  const followers = new Set<Follower>();
  const shown = new Map<VersionId, Shown['items']>();
  let serial = 0;
  const models = new Map<VersionId, Found>();
  const rows = new Map<VersionId, Throttled>();
  const repairs = new Map<number, Throttled>();
  let isClosed = false;

  const info = (): RunInfo => {
    const found = store.info();
    return { ...found, versions: found.versions.map((version) => ({ ...version, ...models.get(version.id) })) };
  };
  const tell = <E extends keyof RunnerRequests['follow']['events']>(
    event: E,
    data: () => RunnerRequests['follow']['events'][E],
  ): void => {
    if (isClosed || followers.size === 0) return;
    const now = data();
    for (const follower of followers) follower.emit(event, now);
  };
  const tellWork = throttled(() => tell('work', () => works().of(file)), WORK_INTERVAL);
  const tellInfo = throttled(() => tell('info', info), ROWS_INTERVAL);

  function tellRows(version: VersionId): void {
    const found = isClosed ? undefined : store.info().versions.find(({ id }) => id === version);
    // It may have been removed since its rows have changed.
    if (found) tell('rows', () => ({ version, done: found.done, failed: found.failed }));
  }

  /** Who only reads is told what the owner of the lock does. */
  const leaveOther =
    'readOnly' in locked && locked.readOnly.code === 'run-file-busy'
      ? lookAtOther({
          refresh: store.refresh,
          isHeld: () => isLocked(lockOf(file)),
          written() {
            tell('info', info);
            for (const { id } of store.info().versions) tellRows(id);
          },
          freed: () => tell('free', () => ({ isFree: true })),
          failed: (thrown) => log(`${file}: ${reasonOf(thrown)}`),
        })
      : () => {};

  return {
    path: file,
    file: store,
    info,
    writable() {
      if ('readOnly' in locked) throw locked.readOnly;
      const { readOnly } = store.info();
      if (readOnly !== undefined) throw datasetErrors.runFileUnwritable(file, readOnly);
      return store;
    },
    shown: (version) => ({ items: shown.get(version) ?? [], serial }),
    show(version, items) {
      serial += 1;
      shown.set(version, items);
    },
    listedAgain() {
      serial += 1;
    },
    rowsChanged(version) {
      const known = rows.get(version) ?? throttled(() => tellRows(version), ROWS_INTERVAL);
      rows.set(version, known);
      known();
    },
    repairChanged(repair, info) {
      const tellRepair = (): void => {
        const now = isClosed ? undefined : info();
        if (now) tell('repair', () => now);
      };
      const known = repairs.get(repair) ?? throttled(tellRepair, WORK_INTERVAL);
      repairs.set(repair, known);
      known();
    },
    infoChanged: tellInfo,
    userChanged: tellInfo.now,
    workChanged: tellWork,
    async follow(context) {
      const { signal } = context;
      if (!(signal instanceof AbortSignal)) throw errors.internal('a follower that can never leave');
      followers.add(context);
      context.emit('work', works().of(file));
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      followers.delete(context);
    },
    async lookAtModels() {
      for (const { id, model } of store.info().versions) {
        const found = await findModel(model, store.versionChoice(id), kept);
        if (isClosed) return;
        if (JSON.stringify(found) === JSON.stringify(models.get(id))) continue;
        models.set(id, found);
        tellInfo();
      }
    },
    close() {
      isClosed = true;
      leaveOther();
      for (const timer of [tellWork, tellInfo, ...rows.values(), ...repairs.values()]) timer.dispose();
      store.close();
      if ('unlock' in locked) locked.unlock();
    },
  };
}

const lockOf = (file: string) => `${file}.lock`;

/** Takes the lock of a run file. Who does not get it can still read, unless the file is to be made. */
async function locking(file: string, create: boolean): Promise<{ unlock(): void } | { readOnly: ExplainError }> {
  if (create)
    await makeFolder(path.dirname(file)).catch((thrown) => {
      throw datasetErrors.runFileUnwritable(file, reasonOf(thrown));
    });
  try {
    return { unlock: await lock(lockOf(file), (owner) => datasetErrors.runFileBusy(file, owner)) };
  } catch (thrown) {
    if (!(thrown instanceof ExplainError)) throw thrown;
    const isBusy = thrown.code === 'run-file-busy';
    const readOnly = isBusy ? thrown : datasetErrors.runFileUnwritable(file, 'its folder can not be written to');
    if (create) throw readOnly;
    return { readOnly };
  }
}
