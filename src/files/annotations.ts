/** Annotations from files: COCO's JSON, a folder of YOLO's text files, a folder of Pascal VOC's XML. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AnnotatedImage, Annotations } from '../core/annotations/annotations';
import { parseCoco } from '../core/annotations/coco';
import { type Mapping, mappingByName, parseMapping } from '../core/annotations/mapping';
import { parseVoc } from '../core/annotations/voc';
import { parseYolo } from '../core/annotations/yolo';
import { errors, reasonOf } from '../core/errors';
import { parseLabels } from '../core/model/classes/labels';
import { isAbsent } from '../core/system-errors';
import { mappingFileOf } from '../protocol/dataset';
import { isImage } from '../protocol/image-files';
import { isExport } from './mark';
import { readText } from './open';

/** The file with YOLO's names of classes, one on each line, beside the text files or one folder up. */
export const CLASSES = 'classes.txt';
/** Folders in which datasets keep annotations, relative to the dataset. */
const ANNOTATION_FOLDERS = ['labels', 'Annotations', '.'];
/** Folders in which datasets keep images, relative to the annotations. */
const IMAGE_FOLDERS = ['.', 'images', 'JPEGImages', '..', '../images', '../JPEGImages'];

/**
 * Reads annotations. Images get absolute paths. An image that is not found gets the path where it was looked for first,
 * and is reported as missing when it is opened.
 *
 * @param source a .json file, or a folder of .txt or .xml files (or of one called labels or Annotations)
 * @param images the folder of the images; by default they are looked for beside the annotations
 * @throws annotations-invalid, naming the file and the line or entry
 */
export async function readAnnotations(source: string, images?: string): Promise<Annotations> {
  const isFolder = await stat(source).then(
    (info) => info.isDirectory(),
    (thrown) => {
      throw errors.annotationsInvalid(source, reasonOf(thrown));
    },
  );
  const folder = isFolder ? await annotationFolder(source) : path.dirname(source);
  const annotations = isFolder ? await readFolder(folder) : parseCoco(await read(source), source);
  const find = await imageFinder(
    images === undefined ? IMAGE_FOLDERS.map((name) => path.join(folder, name)) : [images],
  );
  return { ...annotations, images: annotations.images.map((image) => ({ ...image, file: find(image.file) })) };
}

/** @throws mapping-invalid, unknown-class, ambiguous-class */
export async function readMapping(
  file: string | undefined,
  categories: readonly string[],
  labels: readonly string[],
): Promise<Mapping> {
  if (file === undefined) return mappingByName(categories, labels);
  const text = await readText(file).catch((thrown) => {
    throw errors.mappingInvalid(file, reasonOf(thrown));
  });
  return parseMapping(text, file, labels);
}

/** The mapping that lies beside a run file; undefined if there is none. @throws mapping-invalid if it can't be looked at */
export async function mappingBeside(run: string): Promise<string | undefined> {
  const file = mappingFileOf(path.resolve(run));
  return stat(file).then(
    () => file,
    (thrown) => {
      if (isAbsent(thrown)) return undefined;
      throw errors.mappingInvalid(file, reasonOf(thrown));
    },
  );
}

async function annotationFolder(source: string): Promise<string> {
  for (const name of ANNOTATION_FOLDERS) {
    const folder = path.join(source, name);
    if (existsSync(folder) && (await filesIn(folder)).length > 0) return folder;
  }
  throw errors.annotationsInvalid(
    source,
    'it has no .txt or .xml files; name the .json file of COCO annotations itself',
  );
}

/** The annotation files of a folder, all of the same kind. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name !== CLASSES).sort();
  const ofKind = (extension: string) => names.filter((name) => path.extname(name) === extension);
  const xml = ofKind('.xml');
  return xml.length > 0 ? xml : ofKind('.txt');
}

async function readFolder(folder: string): Promise<Annotations> {
  const names = await filesIn(folder);
  const isYolo = names[0]!.endsWith('.txt');
  const classes = isYolo ? await readClasses(folder) : [];
  const images: AnnotatedImage[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const text = await read(file);
    const size = { width: 1, height: 1 };
    images.push(
      isYolo ? { file: path.parse(name).name, size, regions: parseYolo(text, file, classes) } : parseVoc(text, file),
    );
  }
  const used = images.flatMap(({ regions }) => regions.map(({ category }) => category));
  return { categories: isYolo ? classes : [...new Set(used)].sort(), images };
}

async function readClasses(folder: string): Promise<readonly string[]> {
  const file = ['.', '..'].map((up) => path.join(folder, up, CLASSES)).find(existsSync);
  if (file === undefined)
    throw errors.annotationsInvalid(
      folder,
      `${CLASSES}, with the name of one class a line, is neither there nor one folder up`,
    );
  return parseLabels(await read(file));
}

async function read(file: string): Promise<string> {
  return readText(file).catch((thrown) => {
    throw errors.annotationsInvalid(file, reasonOf(thrown));
  });
}

/** Finds an image by its file name, or by its name without an extension, in the first folder that has it. */
async function imageFinder(folders: readonly string[]): Promise<(name: string) => string> {
  const known = new Map<string, string>();
  for (const folder of folders.filter((name) => existsSync(name))) {
    for (const name of await readdir(folder)) {
      const file = path.resolve(folder, name);
      for (const key of isImage(name) ? [name, path.parse(name).name] : []) {
        const before = known.get(key);
        // A picture exported by Group-CAM may have the same name as its image.
        if (before === undefined || (await isExport(before))) known.set(key, file);
      }
    }
  }
  return (name) => known.get(name) ?? existing(folders, name) ?? path.resolve(folders[0]!, name);
}

/** The first existing file of this name, which may contain folders. */
function existing(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => path.resolve(folder, name)).find(existsSync);
}
