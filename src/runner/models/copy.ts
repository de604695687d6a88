/** Copies a model with all files that belong to it, so that the copy can be used in its place. */
import { constants } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Engine } from '../../client/engine';
import { datasetErrors } from '../../core/dataset-errors';
import { stateOf } from '../../files/model-identity';
import type { ModelChoice } from '../../protocol/requests';
import { inspected } from '../work/model';

export interface Copied {
  /** Relative to the folder of the copy. */
  readonly model: string;
  /** The file of labels that was chosen, if one was. */
  readonly labels?: string;
  readonly files: readonly string[];
  readonly bytes: number;
  /** Of the files that were copied, as they were before and after. */
  readonly state: string;
}

/** The choice of a model by its copy. */
export const choiceOf = (
  choice: ModelChoice,
  folder: string,
  { model, labels }: Pick<Copied, 'model' | 'labels'>,
): ModelChoice => ({
  ...choice,
  path: path.join(folder, model),
  ...(choice.labels !== undefined && labels !== undefined && { labels: path.join(folder, labels) }),
});

/**
 * The copies lie to one another as the files do, since a model names its weights, and a sidecar its labels, relative to
 * itself. Blocks are shared with the originals where the file system can do that.
 *
 * @param choice with a path
 * @param folder of the copy; it must be empty
 * @throws model-changed if a file has changed meanwhile; what models throw; errors of writing
 */
export async function copyModel(
  engine: Engine,
  choice: ModelChoice & { readonly path: string },
  folder: string,
  signal: AbortSignal,
): Promise<Copied> {
  const own = await stateOf(choice.path).catch(() => undefined);
  const { info, files: found } = await inspected(engine, choice, signal);
  const files = [...new Set([info.path, ...found].map((file) => path.resolve(file)))];
  const before = await statesOf(files);
  const root = commonFolder(files);
  const places = files.map((file) => path.relative(root, file));
  let bytes = 0;
  for (const [i, file] of files.entries()) {
    signal.throwIfAborted();
    const place = path.join(folder, places[i]!);
    await mkdir(path.dirname(place), { recursive: true });
    const { size } = await stat(file);
    bytes += size;
    await copyFile(file, place, constants.COPYFILE_FICLONE);
    if ((await stat(place)).size !== size) throw beingWritten(choice.path);
  }
  const after = await statesOf(files);
  if (before !== after || own !== (await stateOf(choice.path).catch(() => 'gone'))) throw beingWritten(choice.path);
  const labels = choice.labels && path.relative(root, path.resolve(choice.labels));
  return {
    model: places[0]!,
    ...(labels && { labels }),
    files: places,
    bytes,
    state: after,
  };
}

const beingWritten = (file: string) => datasetErrors.modelChanged(file, 'it is being written');

export const statesOf = async (files: readonly string[]): Promise<string> =>
  (await Promise.all(files.map((file) => stateOf(file).catch(() => `${file} is gone`)))).join('\n');

/** The deepest folder that all files are in. */
function commonFolder(files: readonly string[]): string {
  let folder = path.dirname(files[0]!);
  const holds = (file: string): boolean => {
    const way = path.relative(folder, file);
    return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
  };
  while (!files.every(holds) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  return folder;
}
