/** Where the models of versions are: their files while these are as they were, else the copies that are kept. */
import type { Engine } from '../../client/engine';
import { reasonOf, toExplainError } from '../../core/errors';
import type { VersionId } from '../../protocol/dataset';
import type { ModelChoice } from '../../protocol/requests';
import type { OpenRun } from '../run-files';
import { inspected, type ModelWatch, watchModel } from '../work/model';
import type { KeptModels } from './kept';

/** A model that work runs, with the check that it is the version's. */
export interface Place {
  readonly choice: ModelChoice;
  readonly model: ModelWatch;
}

export interface Places {
  /**
   * Uses the model of a version. If its file changes meanwhile, the copy is used from the beginning; work goes on behind
   * what it has committed. Where neither is right, the file's own check says why.
   */
  withModel<T>(
    run: OpenRun,
    version: VersionId,
    signal: AbortSignal,
    use: (place: Place) => Promise<T>,
    copyFirst?: boolean,
  ): Promise<T>;
  /** Keeps a copy of a version's model, if its file is as it was and there is room. */
  keep(run: OpenRun, version: VersionId, signal: AbortSignal): Promise<void>;
  /** A version was removed: the copy of its model goes, unless another version needs it. */
  removed(run: OpenRun, version: VersionId, hash: string): Promise<void>;
}

/** @param kept without it no copies are kept, nor looked for */
export function createPlaces(engine: Engine, kept: KeptModels | undefined, log: (line: string) => void): Places {
  const isRight = ({ model }: Place, signal: AbortSignal): Promise<boolean> =>
    model.check(signal).then(
      () => true,
      (thrown) => {
        if (signal.aborted) throw thrown;
        return false;
      },
    );

  async function used<T>(
    { choice, hash }: { readonly choice: ModelChoice; readonly hash: string },
    signal: AbortSignal,
    use: (place: Place) => Promise<T>,
    copyFirst: boolean,
  ): Promise<T> {
    const placeOf = (chosen: ModelChoice): Place => ({ choice: chosen, model: watchModel(engine, chosen, hash) });
    const own = async () => placeOf(choice);
    const copy = async () => {
      const chosen = await kept?.place(hash, choice);
      return chosen && placeOf(chosen);
    };
    let failure: unknown;
    for (const find of copyFirst ? [copy, own] : [own, copy]) {
      const place = await find();
      if (!place || !(await isRight(place, signal))) continue;
      try {
        return await use(place);
      } catch (thrown) {
        if (signal.aborted || (await isRight(place, signal))) throw thrown;
        failure = thrown;
      }
    }
    if (failure !== undefined) throw failure;
    return use(await own());
  }

  /** What was asked for is done; of the copies the log says more. */
  const logged = (act: Promise<void> | undefined): Promise<void> | undefined =>
    act?.catch((thrown) => log(`copies of models can not be cleared up: ${reasonOf(thrown)}`));

  return {
    async withModel(run, version, signal, use, copyFirst = false) {
      const of = run.file.versionChoice(version);
      const release = kept?.hold(of.hash);
      try {
        return await used(of, signal, use, copyFirst);
      } finally {
        release?.();
        await logged(kept?.fit());
      }
    },
    async keep(run, id, signal) {
      const { choice, hash, bytes } = run.file.versionChoice(id);
      const version = run.info().versions.find((one) => one.id === id);
      if (!kept || choice.path === undefined || !version) return;
      const user = { run: run.path, version: id, pinned: version.pinned };
      try {
        if ((await kept.place(hash, choice)) === undefined) {
          if (!version.pinned && bytes > kept.limit) return;
          const { files } = await inspected(engine, choice, signal);
          const draft = await kept.draft({ ...choice, path: choice.path }, files, signal);
          await (draft.identified.hash === hash ? kept.keep(draft) : kept.drop(draft));
        }
        await kept.use(hash, user);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        // The work goes on without a copy, and `VersionInfo.kept` says that there is none.
        log(`no copy of ${choice.path} is kept: ${toExplainError(thrown).message}`);
      }
    },
    async removed(run, version, hash) {
      await logged(kept?.forget(hash, { run: run.path, version }));
    },
  };
}
