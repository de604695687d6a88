/** Whether a model is still the one of a version: its file, its weights, and what lies beside it. */
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import type { ModelInfo } from '../../core/model/info';
import { identityOfModel, stateOfModel } from '../../files/model-identity';
import type { FileStamp, ModelChoice } from '../../protocol/requests';

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
  /** Paths of all files that this depends on, those that were looked for and are not there included. */
  readonly files: readonly string[];
}

/** Separates the digest of the model from that of its conventions. */
const AND = '+';

/** SHA-256 of the model's own file, from the hash of a version. */
export const fileHashOf = (hash: string): string => hash.split(AND)[0]!.split(' ')[0]!;

/** How often a model that changes while it is read is read again. */
const ATTEMPTS = 5;

/** @throws what models throw; model-changed if it is being written */
export async function identifiedModel(
  engine: Engine,
  choice: ModelChoice,
  signal?: AbortSignal,
): Promise<IdentifiedModel> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { info, state, files } = await inspected(engine, choice, signal);
    const { model, conventions } = await identityOfModel(info);
    const after = await inspected(engine, choice, signal);
    if (after.state === state) return { info, state, files, hash: `${model}${AND}${conventions}` };
  }
  throw datasetErrors.modelChanged(choice.path ?? 'the demo model', 'it is being written');
}

/** @throws what models throw */
export async function inspected(
  engine: Engine,
  choice: ModelChoice,
  signal?: AbortSignal,
): Promise<Pick<IdentifiedModel, 'info' | 'state' | 'files'>> {
  let stamps: readonly FileStamp[] = [];
  const on = {
    files: (found: readonly FileStamp[]) => {
      stamps = found;
    },
  };
  const info = await engine.call('inspect', { model: choice }, { signal, on });
  return { info, files: stamps.map(({ path }) => path), state: await stateOfModel(info) };
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
