/** Copies a model with all files that belong to it, so that the copy can be used in its place. */
import { constants, statSync } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { stateOf } from '../../files/model-identity';
import { withRegular } from '../../files/open';
import type { ModelChoice } from '../../protocol/requests';

export interface Copied {
  /** Relative to the folder of the copy. */
  readonly model: string;
  /** The file of labels that was chosen, if one was. */
  readonly labels?: string;
  readonly files: readonly string[];
  readonly bytes: number;
  /** The folder of the originals that the copy's folder stands for. */
  readonly root: string;
  /** Of the files that were named, as they were before and after; see `statesOf`. */
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
 * @param named the files that belong to the model; those that are not there are left out
 * @param folder of the copy; it must be empty
 * @throws model-changed if a file has changed meanwhile; errors of reading and writing
 */
export async function copyModel(
  choice: ModelChoice & { readonly path: string },
  named: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<Copied> {
  const all = filesOf(choice.path, named);
  const before = await statesOf(all);
  const files = all.filter((file, i) => i === 0 || statSync(file, { throwIfNoEntry: false })?.isFile());
  const root = commonFolder(files);
  const places = files.map((file) => path.relative(root, file));
  let bytes = 0;
  for (const [i, file] of files.entries()) {
    signal.throwIfAborted();
    const place = path.join(folder, places[i]!);
    await mkdir(path.dirname(place), { recursive: true });
    // A pipe or a device would never end.
    const { size } = await withRegular(file, (handle) => handle.stat());
    await copyFile(file, place, constants.COPYFILE_FICLONE);
    if ((await stat(place)).size !== size) throw beingWritten(choice.path);
    bytes += size;
  }
  if ((await statesOf(all)) !== before) throw beingWritten(choice.path);
  const labels = choice.labels && path.relative(root, path.resolve(choice.labels));
  return { model: places[0]!, ...(labels && { labels }), files: places, bytes, root, state: before };
}

const beingWritten = (file: string) => datasetErrors.modelChanged(file, 'it is being written');

/** The files of a model, each once, the model's own first. */
export const filesOf = (model: string, others: readonly string[]): readonly string[] => [
  ...new Set([model, ...others].map((file) => path.resolve(file))),
];

/** The states of files, one a line. */
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
