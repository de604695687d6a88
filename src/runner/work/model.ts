/** Whether a model is still the one of a version: its file, its weights, and what lies beside it. */
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import { errors, reasonOf } from '../../core/errors';
import type { ModelInfo } from '../../core/model/info';
import { fingerprint, identityOfModel, stateOfModel } from '../../files/model-identity';
import type { VersionInfo } from '../../protocol/dataset';
import type { ModelChoice } from '../../protocol/requests';

export interface ModelWatch {
  /**
   * Checks that no file of the model has changed.
   *
   * @param signal given where the engine may be asked
   * @throws model-changed; what models throw
   */
  check(signal?: AbortSignal): Promise<void>;
}

export interface IdentifiedModel {
  readonly info: ModelInfo;
  /** Changes with the model's bytes, its weights, its preprocessing, its labels and its layer. */
  readonly hash: string;
  /** Of its files, as they were when they were read. */
  readonly state: string;
}

/** Separates the digest of the model from that of its conventions. */
const AND = '+';
/** How often a model that changes while it is read is read again. */
const ATTEMPTS = 5;

/** @throws what models throw; model-changed if it is being written */
export async function identifiedModel(
  engine: Engine,
  choice: ModelChoice,
  signal?: AbortSignal,
): Promise<IdentifiedModel> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { info, state } = await inspected(engine, choice, signal);
    const { model, conventions } = await identityOfModel(info);
    const after = await inspected(engine, choice, signal);
    if (after.state === state) return { info, state, hash: `${model}${AND}${conventions}` };
  }
  throw datasetErrors.modelChanged(choice.path ?? 'the demo model', 'it is being written');
}

async function inspected(engine: Engine, choice: ModelChoice, signal?: AbortSignal) {
  const info = await engine.call('inspect', { model: choice }, { signal });
  return { info, state: await stateOfModel(info) };
}

/** @param hash of the version */
export function watchModel(engine: Engine, choice: ModelChoice, hash: string): ModelWatch {
  let known: IdentifiedModel | undefined;
  return {
    async check(signal) {
      if (known && (await stateOfModel(known.info).catch(() => undefined)) === known.state) return;
      const now = await identifiedModel(engine, choice, signal);
      if (now.hash !== hash) throw datasetErrors.modelChanged(now.info.path, whatChanged(hash, now.hash));
      known = now;
    },
  };
}

function whatChanged(before: string, now: string): string {
  const isModel = before.split(AND)[0] !== now.split(AND)[0];
  return isModel ? 'its file has changed' : 'its preprocessing, layer or labels have changed';
}

/**
 * Why a version can't be run now, without a look into the model; undefined if nothing speaks against it.
 *
 * @param hash of the version
 */
export async function whyUnavailable({ model }: Pick<VersionInfo, 'model'>, hash: string): Promise<string | undefined> {
  const [first] = hash.split(AND)[0]!.split(' ');
  const now = await fingerprint(model).catch((thrown: NodeJS.ErrnoException) =>
    thrown.code === 'ENOENT' ? errors.modelMissing(model) : errors.modelUnreadable(model, reasonOf(thrown)),
  );
  if (now === first) return undefined;
  return (typeof now === 'string' ? datasetErrors.modelChanged(model, 'its file has changed') : now).message;
}
