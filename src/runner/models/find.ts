/** Where a version's model is, without a look into the model. */
import { datasetErrors } from '../../core/dataset-errors';
import { type ExplainError, errors, reasonOf } from '../../core/errors';
import { isAbsent } from '../../core/system-errors';
import { fingerprint, stateOf } from '../../files/model-identity';
import type { VersionInfo } from '../../protocol/dataset';
import type { ModelChoice } from '../../protocol/requests';
import { fileHashOf } from '../work/model';
import type { KeptModels } from './kept';

export type Found = Pick<VersionInfo, 'file' | 'kept' | 'unavailable'>;

/**
 * A version of which neither the file is as it was nor a copy is kept says so in words; what is stored of it stays.
 *
 * @param model path of the version's file
 */
export async function findModel(
  model: string,
  { choice, hash }: { readonly choice: ModelChoice; readonly hash: string },
  kept: KeptModels | undefined,
): Promise<Found> {
  const why = await whyChanged(model, fileHashOf(hash));
  const gone = (more = ''): Found => ({ unavailable: `weights gone: stored maps only. ${why!.message}${more}` });
  try {
    const bytes = await kept?.bytes(hash);
    const space = bytes === undefined ? {} : { kept: bytes };
    if (why === undefined) return { ...space, file: model };
    const copy = await kept?.place(hash, choice);
    return copy?.path === undefined ? gone() : { ...space, file: copy.path };
  } catch (thrown) {
    return why === undefined ? { file: model } : gone(` The copy of it can not be read: ${reasonOf(thrown)}`);
  }
}

/** Hashes of files by their paths, as long as their states are the same. */
const known = new Map<string, { readonly state: string; readonly hash: string }>();

async function whyChanged(model: string, hash: string): Promise<ExplainError | undefined> {
  try {
    const state = await stateOf(model);
    const there = known.get(model);
    const now = there?.state === state ? there.hash : await fingerprint(model);
    known.set(model, { state, hash: now });
    return now === hash ? undefined : datasetErrors.modelChanged(model, 'its file has changed');
  } catch (thrown) {
    return isAbsent(thrown) ? errors.modelMissing(model) : errors.modelUnreadable(model, reasonOf(thrown));
  }
}
