/** YOLO's annotations as a dataset: a text file for each image, and a file with the names of the classes. */
import path from 'node:path';
import type { Region } from '../../../core/annotations/annotations';
import { parseYolo } from '../../../core/annotations/yolo';
import { errors, reasonOf } from '../../../core/errors';
import { isImage } from '../../../protocol/image-files';
import { readText } from '../../open';
import { type Draft, type DraftItem, type DraftOptions, leftOut } from '../draft';
import { namesThat } from '../folders/names';
import { placesOf } from '../folders/splits';
import { otherFiles, type Walked } from '../folders/walk';
import { inParallel } from '../in-parallel';
import { counterpart, createLookup, type Lookup } from './lookup';
import { isNames, namesFor } from './yolo-names';

/** An image and its split. */
export interface YoloImage {
  readonly file: string;
  readonly split?: string;
}

/**
 * The dataset of a folder without `data.yaml`: images with text files beside them, in `labels` beside `images`, or in
 * `labels` below. The class names are in `classes.txt`.
 *
 * @param walked all images of the folder
 * @throws annotations-invalid, naming the line; cancelled
 */
export async function draftOfYolo(walked: Walked, options: DraftOptions): Promise<Draft> {
  const { root, folders, notes, others } = walked;
  const withImages = folders
    .map(({ way, files }) => ({ way, files: namesThat(files, isImage) }))
    .filter(({ files }) => files.length > 0);
  const placeOf = placesOf(withImages);
  const images = withImages.flatMap((folder): YoloImage[] => {
    const { split } = placeOf(folder);
    return Array.from(folder.files, (name) => ({
      file: path.join(root, ...folder.way, name),
      ...(split !== undefined && { split }),
    }));
  });
  return labelled(root, images, undefined, [...notes, ...otherFiles(withoutData(others))], options);
}

/** A description may give the names of the classes. */
function withoutData(others: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...others].filter(([extension]) => extension !== 'yaml' && extension !== 'yml'));
}

/**
 * Reads the text file of each image. An image without one has no class.
 *
 * @param names of the classes; undefined to look for a file with them
 * @throws annotations-invalid, naming the line; cancelled
 */
export async function labelled(
  root: string,
  images: readonly YoloImage[],
  names: readonly string[] | undefined,
  notes: readonly string[],
  { signal }: DraftOptions,
): Promise<Draft> {
  const lookup = createLookup();
  const texts = new Array<string | undefined>(images.length);
  await inParallel(
    images.length,
    async (i) => {
      texts[i] = await lookup.firstOf(textsOf(images[i]!.file));
    },
    signal,
  );
  const used = new Set(texts.filter((text) => text !== undefined));
  const folders = [...new Set(Array.from(used, (text) => path.dirname(text)))].sort();
  const classes = names ?? (await namesFor(root, folders));
  const items = new Array<DraftItem>(images.length);
  await inParallel(
    images.length,
    async (i) => {
      items[i] = await itemOf(images[i]!, texts[i], classes);
    },
    signal,
  );
  const lonely = await lonelyTexts(folders, used, lookup);
  const shown = lonely.map((file) => path.relative(root, file).split(path.sep).join('/'));
  return {
    root,
    items,
    categories: [...new Set(classes)],
    notes: [...notes, ...leftOut(shown, 'text file without an image was', 'text files without an image were')],
  };
}

/** The folders that are called `labels` where the labels of their images are. */
const IMAGES = ['images', 'JPEGImages'];

/** Where the labels of an image may be, the best place first: Ultralytics, `img2label_paths` in ultralytics/data/utils.py. */
export function textsOf(image: string): string[] {
  const { dir, name } = path.parse(image);
  const file = `${name}.txt`;
  const other = counterpart(dir, IMAGES, 'labels');
  return [
    ...(other === undefined ? [] : [path.join(other, file)]),
    path.join(dir, file),
    path.join(dir, 'labels', file),
  ];
}

async function itemOf(
  { file, split }: YoloImage,
  text: string | undefined,
  classes: readonly string[],
): Promise<DraftItem> {
  const known = { file, ...(split !== undefined && { split }) };
  if (text === undefined) return { ...known, categories: [] };
  const regions = await regionsOf(text, classes);
  const categories = [...new Set(regions.map(({ category }) => category))];
  return { ...known, categories, annotated: { file, size: { width: 1, height: 1 }, regions } };
}

async function regionsOf(file: string, classes: readonly string[]): Promise<readonly Region[]> {
  const text = await readText(file).catch((thrown) => {
    throw errors.annotationsInvalid(file, reasonOf(thrown));
  });
  return parseYolo(text, file, classes);
}

/** Text files in the folders of labels whose image is not there. */
async function lonelyTexts(folders: readonly string[], used: ReadonlySet<string>, lookup: Lookup): Promise<string[]> {
  const lonely: string[] = [];
  for (const folder of folders)
    for (const name of await lookup.namesIn(folder))
      if (name.endsWith('.txt') && !name.startsWith('.') && !isNames(name) && !used.has(path.join(folder, name)))
        lonely.push(path.join(folder, name));
  return lonely.sort();
}
