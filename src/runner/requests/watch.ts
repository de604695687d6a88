/** The request `watch`: what a training loop writes becomes versions. */
import { setTimeout } from 'node:timers/promises';
import { errors, toExplainError } from '../../core/errors';
import type { VersionId, VersionInfo } from '../../protocol/dataset';
import type { DeviceChoice } from '../../protocol/devices';
import type { ModelChoice } from '../../protocol/requests';
import { filesOf, statesOf } from '../models/copy';
import type { Draft, KeptModels } from '../models/kept';
import { versionFrom, writeVersion } from '../prepare';
import type { OpenRun } from '../run-files';
import { inspected } from '../work/model';
import { meansOf, type Tools } from './tools';

export interface Told {
  added(version: VersionId): void;
  /** @param reason in words */
  failed(reason: string): void;
}

/** Looks at a file that can't be loaded, without a change, before it is said: it may still be written. */
const PATIENCE = 5;

/** What is known of a file that is watched. */
interface Watched {
  /** Of the model's files, as they were at the last look. */
  last: string;
  /** The same of what is a version already, or was told to be none. */
  handled: string;
  /** All files that belong to the model. */
  files: readonly string[];
  failure: { readonly state: string; readonly message: string; looks: number } | undefined;
}

type WithPath = ModelChoice & { readonly path: string };

/** Looks at the files of the newest versions, again and again, until the signal or the run file's end. */
export async function watchModels(
  tools: Tools,
  name: string,
  device: DeviceChoice,
  signal: AbortSignal,
  told: Told,
): Promise<void> {
  const { files, kept, watchInterval } = tools;
  if (!kept) throw errors.internal('there is no folder for copies of models');
  const run = files.get(name);
  run.writable();
  const watched = new Map<string, Watched>();
  while (!signal.aborted) {
    for (const [path, version] of newestByPath(run)) {
      const of = watched.get(path) ?? { last: '', handled: '', files: filesOf(path, []), failure: undefined };
      watched.set(path, of);
      try {
        const draft = await lookAt(of, { ...run.file.versionChoice(version.id).choice, path }, tools, kept, signal);
        if (draft) await take(draft, version, { run, tools, kept, device, told });
      } catch (thrown) {
        if (signal.aborted) return;
        noteFailure(of, thrown);
      }
      tellFailure(of, told);
    }
    await setTimeout(watchInterval, undefined, { signal }).catch(() => {});
    if (!files.isOpen(name)) return;
  }
}

function newestByPath(run: OpenRun): ReadonlyMap<string, VersionInfo> {
  const newest = new Map<string, VersionInfo>();
  for (const version of run.info().versions) {
    const { path } = run.file.versionChoice(version.id).choice;
    if (path !== undefined) newest.set(path, version);
  }
  return newest;
}

/**
 * A copy of the model, if its files have changed and are whole: the same at two looks, and before and after they were
 * copied, and a model that can be loaded. A file that is written in parts is not, as it ends too early.
 */
async function lookAt(
  of: Watched,
  choice: WithPath,
  { engine }: Tools,
  kept: KeptModels,
  signal: AbortSignal,
): Promise<Draft | undefined> {
  const state = await statesOf(of.files);
  const isStill = state === of.last;
  of.last = state;
  if (!isStill || state === of.handled || state === of.failure?.state) return undefined;
  if (of.handled === '' && (await findFiles(of, choice, engine, signal))) return undefined;
  let draft: Draft;
  try {
    // The copy comes first, so that the file may be overwritten soon after it was written.
    draft = await kept.draft(choice, of.files, signal);
  } catch (thrown) {
    // The model may name files that the one before did not have.
    if (await findFiles(of, choice, engine, signal)) return undefined;
    throw thrown;
  }
  // From here on the file may be overwritten. That is seen at the next look.
  if (draft.copied.state !== state) {
    await kept.drop(draft);
    return undefined;
  }
  of.handled = state;
  of.failure = undefined;
  return draft;
}

/** @returns whether there are files that were not looked at yet, and may be in the midst of a change */
async function findFiles(
  of: Watched,
  choice: WithPath,
  engine: Tools['engine'],
  signal: AbortSignal,
): Promise<boolean> {
  const { files } = await inspected(engine, choice, signal);
  const all = filesOf(choice.path, files);
  if (all.every((file) => of.files.includes(file))) return false;
  of.files = all;
  of.last = await statesOf(of.files);
  return true;
}

interface Taking {
  readonly run: OpenRun;
  readonly tools: Tools;
  readonly kept: KeptModels;
  readonly device: DeviceChoice;
  readonly told: Told;
}

/** Makes a version of a copy and starts its sweep, unless it is one already. */
async function take(draft: Draft, before: VersionInfo, { run, tools, kept, device, told }: Taking): Promise<void> {
  const { hash } = draft.identified;
  const there = run.info().versions.find(({ id }) => run.file.versionChoice(id).hash === hash);
  const release = kept.hold(hash);
  try {
    await kept.keep(draft);
    const id = there?.id ?? writeVersion(run.writable(), newVersion(draft, before, run));
    await kept.use(hash, { run: run.path, version: id, pinned: there?.pinned ?? false });
    await run.lookAtModels();
    if (there) return;
    run.userChanged();
    tools.sweep(run, id, device, { urgency: id, ended: kept.hold(hash) });
    told.added(id);
  } finally {
    release();
    await kept.drop(draft);
    await kept.fit();
  }
}

function newVersion({ identified, copied, files }: Draft, before: VersionInfo, run: OpenRun) {
  const { info, hash } = identified;
  const { choice } = run.file.versionChoice(before.id);
  const version = versionFrom({ info, hash }, choice, before.model, meansOf(run, before, info.labels.value));
  // What was assumed names the files that people know.
  return { ...version, assumptions: version.assumptions.map((text) => text.replaceAll(files, copied.root)) };
}

/** A file that is being written is looked at again; of others the failure holds as long as they are the same. */
function noteFailure(of: Watched, thrown: unknown): void {
  const { code, message } = toExplainError(thrown);
  if (code === 'model-changed') return;
  of.failure = { state: of.last, message, looks: 0 };
}

function tellFailure({ failure, last }: Watched, { failed }: Told): void {
  if (!failure || failure.state !== last) return;
  failure.looks++;
  if (failure.looks === PATIENCE) failed(failure.message);
}
