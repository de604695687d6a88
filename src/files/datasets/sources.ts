/** Finds out what kind of dataset a file or folder is, and reads it. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { datasetErrors } from '../../core/dataset-errors';
import { reasonOf } from '../../core/errors';
import { isAbsent } from '../../core/system-errors';
import { extensionOf, isImage } from '../../protocol/image-files';
import { counterpart } from './annotated/lookup';
import { draftOfVoc, isXml } from './annotated/voc';
import { draftOfYolo } from './annotated/yolo';
import { draftOfYoloData } from './annotated/yolo-data';
import { dataFileIn, isNames, readDataFile } from './annotated/yolo-names';
import type { Draft, DraftOptions } from './draft';
import { draftOfFolder } from './folders/folder';
import { namesThat } from './folders/names';
import { type Walked, type WalkedFolder, walk } from './folders/walk';
import { isSome } from './list-of';
import { draftOfJson } from './lists/json';
import { draftOfList } from './lists/list';

type Read = (file: string, options: DraftOptions) => Promise<Draft>;

const yoloData: Read = async (file, options) => draftOfYoloData({ file, data: await readDataFile(file) }, options);
const jsonLines: Read = (file, options) => draftOfList(file, 'jsonl', options);
const lines: Read = (file, options) => draftOfList(file, 'txt', options);

/** Readers of files by extension. */
const FILES: Readonly<Record<string, Read | undefined>> = {
  csv: (file, options) => draftOfList(file, 'csv', options),
  tsv: (file, options) => draftOfList(file, 'tsv', options),
  jsonl: jsonLines,
  ndjson: jsonLines,
  txt: lines,
  lst: lines,
  list: lines,
  json: draftOfJson,
  yaml: yoloData,
  yml: yoloData,
};

const FORMS =
  'give a folder of images, annotations of COCO (.json), YOLO (data.yaml) or Pascal VOC (the folder), or a list (.csv, .tsv, .jsonl, .txt)';

/** @throws dataset-invalid, annotations-invalid, list-invalid, cancelled */
export async function readSource(source: string, options: DraftOptions): Promise<Draft> {
  const info = await stat(source).catch((thrown) => {
    throw datasetErrors.datasetInvalid(source, isAbsent(thrown) ? 'no such file or folder' : reasonOf(thrown));
  });
  if (info.isDirectory()) return readFolder(source, options);
  const read = FILES[extensionOf(source)];
  if (!read || !info.isFile()) throw datasetErrors.datasetInvalid(source, FORMS);
  return read(source, options);
}

async function readFolder(source: string, options: DraftOptions): Promise<Draft> {
  const described = await dataFileIn(source);
  if (described && described.data.splits.length > 0) return draftOfYoloData(described, options);
  const walked = await walkFrom(source, options);
  if (isVoc(walked)) return draftOfVoc(walked, options);
  if (isYolo(walked)) return draftOfYolo(walked, options);
  return draftOfFolder(walked, options);
}

const isWanted = (name: string): boolean => isImage(name) || isXml(name) || /\.txt$/i.test(name);

/** Where the images of a folder that has only their annotations are, and the folder that both are in. */
const ANNOTATION_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  labels: ['images', 'JPEGImages'],
  Annotations: ['JPEGImages', 'images'],
};

/** Walks through the folder, or through the one that has the images too if it is a folder of annotations alone. */
async function walkFrom(source: string, { signal }: DraftOptions): Promise<Walked> {
  for (const [name, others] of Object.entries(ANNOTATION_FOLDERS)) {
    if (!source.split(path.sep).includes(name)) continue;
    const images = others.map((other) => counterpart(source, [name], other)!).find(existsSync);
    if (images === undefined) continue;
    const root = upTo(source, name);
    const found = await Promise.all([source, images].map((folder) => walk(folder, isWanted, signal)));
    return {
      root,
      folders: found.flatMap((one) => below(root, one)),
      notes: found.flatMap(({ notes }) => notes),
      others: found.at(-1)!.others,
    };
  }
  return walk(source, isWanted, signal);
}

/** The folder above the last one of this name. */
function upTo(file: string, name: string): string {
  const parts = file.split(path.sep);
  return parts.slice(0, parts.lastIndexOf(name)).join(path.sep) || path.sep;
}

/** The folders with their ways from a folder further up. */
function below(root: string, { root: from, folders }: Walked): WalkedFolder[] {
  const way = path.relative(root, from).split(path.sep);
  return folders.map((folder) => ({ ...folder, way: [...way, ...folder.way] }));
}

const stemOf = (name: string): string => path.parse(name).name;

/** True if there are XML files in a folder of the usual name or in the given one, or beside images of their names. */
function isVoc({ folders }: Walked): boolean {
  return folders.some(({ way, files }) => {
    const xml = [...namesThat(files, isXml)];
    if (xml.length === 0) return false;
    if (way.length === 0 || way.includes('Annotations')) return true;
    const images = new Set(Array.from(namesThat(files, isImage), stemOf));
    return xml.some((name) => images.has(stemOf(name)));
  });
}

/** True if a folder called labels, or one with the names of classes, has text files with names of images. */
function isYolo({ root, folders }: Walked): boolean {
  const hasNames = folders.some(({ way, files }) => way.length === 0 && isSome(files, isNames));
  const texts = new Set(
    folders.flatMap(({ way, files }) =>
      hasNames || way.includes('labels') || isSome(files, isNames)
        ? Array.from(
            namesThat(files, (name) => name.endsWith('.txt') && !isNames(name)),
            stemOf,
          )
        : [],
    ),
  );
  // Most folders have no such text, and looking at the names of a million images takes seconds.
  const below =
    texts.size > 0 && folders.some(({ files }) => isSome(files, (name) => isImage(name) && texts.has(stemOf(name))));
  // The folder may be that of images beside one of labels.
  const beside = counterpart(root, ['images'], 'labels');
  return below || (beside !== undefined && existsSync(beside));
}
