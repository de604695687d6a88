/** Finds the names of YOLO's classes, which are kept apart from the annotations. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseYoloData, type YoloData } from '../../../core/annotations/yolo-data';
import { errors, reasonOf } from '../../../core/errors';
import { parseLabels } from '../../../core/model/classes/labels';
import { readWritten } from '../../text';

/** Files with one name on each line, as labelImg, Roboflow and Darknet call them. */
const LISTS: readonly string[] = ['classes.txt', '_darknet.labels', 'obj.names'];
const DATA = /\.ya?ml$/i;
/** The names that a description of a dataset usually has; others are looked at after these. */
const USUAL: readonly string[] = ['data.yaml', 'data.yml', 'dataset.yaml', 'dataset.yml'];

/** True for a file with the names of classes, which is not the text file of an image. */
export const isNames = (name: string): boolean => LISTS.includes(name);

export interface DataFile {
  readonly file: string;
  readonly data: YoloData;
}

/**
 * The description of a dataset in a folder, if there is one that names classes or splits.
 *
 * @throws annotations-invalid if a file with a usual name can't be read
 */
export async function dataFileIn(folder: string): Promise<DataFile | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  const usual = USUAL.filter((name) => names.includes(name));
  const others = names.filter((name) => DATA.test(name) && !USUAL.includes(name) && !name.startsWith('.')).sort();
  for (const name of [...usual, ...others]) {
    const file = path.join(folder, name);
    try {
      const data = await readDataFile(file);
      if (data.splits.length > 0 && data.names) return { file, data };
      if (usual.includes(name) && data.names) return { file, data };
    } catch (thrown) {
      // A file of another name may belong to another program.
      if (usual.includes(name)) throw thrown;
    }
  }
  return undefined;
}

/** @throws annotations-invalid */
export async function readDataFile(file: string): Promise<YoloData> {
  try {
    return await parseYoloData(await readWritten(file));
  } catch (thrown) {
    throw errors.annotationsInvalid(file, reasonOf(thrown));
  }
}

/**
 * The names of the classes: of lists in the folders of the annotations, which must agree, or in the dataset's folder or
 * up to two above, or of a `data.yaml` there.
 *
 * @throws annotations-invalid
 */
export async function namesFor(root: string, folders: readonly string[]): Promise<readonly string[]> {
  const above = [root, path.dirname(root), path.dirname(path.dirname(root))];
  const beside = await namesIn(folders);
  if (beside) return beside;
  for (const folder of [root, path.join(root, 'labels'), ...above.slice(1)]) {
    const names = (await namesIn([folder])) ?? (await dataFileIn(folder))?.data.names;
    if (names) return names;
  }
  throw errors.annotationsInvalid(
    folders[0] ?? root,
    `the names of its classes are not there; put a ${LISTS[0]} with one name a line, or a ${USUAL[0]} with names, into ${root}`,
  );
}

async function namesIn(folders: readonly string[]): Promise<readonly string[] | undefined> {
  let first: { readonly file: string; readonly names: readonly string[] } | undefined;
  for (const folder of folders) {
    const found = await readdir(folder).catch((): string[] => []);
    const list = LISTS.find((name) => found.includes(name));
    if (list === undefined) continue;
    const file = path.join(folder, list);
    const names = parseLabels(
      await readWritten(file).catch((thrown) => {
        throw errors.annotationsInvalid(file, reasonOf(thrown));
      }),
    );
    if (first && names.join('\n') !== first.names.join('\n'))
      throw errors.annotationsInvalid(file, `it has other names than ${first.file}; keep one of the two`);
    first ??= { file, names };
  }
  return first?.names;
}
