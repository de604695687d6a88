/** Makes a model that was derived from that of a version a version of its own. */
import type { VersionId } from '../../protocol/dataset';
import { versionFrom, writeVersion } from '../prepare';
import type { OpenRun } from '../run-files';
import { identifiedModel } from '../work/model';
import { meansOf, type Tools, versionOf } from './tools';

/**
 * @param of the version that the model was made from
 * @throws what models throw; cancelled
 */
export async function addModel(
  { engine }: Pick<Tools, 'engine'>,
  run: OpenRun,
  of: VersionId,
  model: string,
  signal: AbortSignal,
): Promise<VersionId> {
  const before = versionOf(run, of);
  const choice = { ...run.file.versionChoice(of).choice, path: model };
  const { info, hash } = await identifiedModel(engine, choice, signal);
  const version = versionFrom({ info, hash }, choice, model, meansOf(run, before, info.labels.value));
  return writeVersion(run.writable(), version);
}
