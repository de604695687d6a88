/** The items of an evaluation: images, each with the class to explain. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { AnnotatedImage } from '../core/annotations/annotations';
import { errors, reasonOf } from '../core/errors';
import { few } from '../core/few';
import { classesOfFolders, type FolderClasses } from '../core/model/classes/class-folders';
import { findClass } from '../core/model/classes/labels';
import { hasCode } from '../core/system-errors';
import { isImage } from '../protocol/image-files';
import type { ExplainParams } from '../protocol/requests';
import { CLASSES, readAnnotations, readMapping } from './annotations';
import { readText } from './open';
import { identityOf, stampOf } from './stamps';

/** An image and the class to explain. */
export interface Item {
  /** The name in reports and in the journal: the path relative to the source, with the category if there is one. */
  readonly name: string;
  /** Absolute path. */
  readonly image: string;
  readonly target: ExplainParams['target'];
  /** For annotations: the objects of this category are those of the class. */
  readonly category?: string;
  readonly annotated?: AnnotatedImage;
}

/**
 * Reads a folder of images, annotations, or a list as CSV.
 *
 * - A folder, without hidden files: the class is that of the image's own folder, by the mapping or by
 *   `classesOfFolders`, otherwise the top class.
 * - Annotations (COCO's .json, or a folder of YOLO's or Pascal VOC's files): there is one item for each category of an
 *   image that the model has classes for, with the most probable of these classes.
 * - A .csv with a header: the class is in the column `class` (index or label), otherwise it is the top class. The paths
 *   of the images, in the column `image`, are relative to the list.
 *
 * @param labels the model's labels
 * @param mapping from categories to classes; by default the class of the same name
 * @param say called with a message about folders whose class was guessed or not found
 * @throws list-invalid, annotations-invalid, mapping-invalid, unknown-class, ambiguous-class
 */
export async function readItems(
  source: string,
  labels: readonly string[],
  mapping: string | undefined,
  say: (text: string) => void,
): Promise<readonly Item[]> {
  const items = await itemsOf(source, labels, mapping, say);
  if (items.length === 0) throw errors.listInvalid(source, 'it names no image of a class that the model knows');
  return items;
}

async function itemsOf(
  source: string,
  labels: readonly string[],
  mapping: string | undefined,
  say: (text: string) => void,
) {
  if (/\.csv$/i.test(source)) return readList(source, labels);
  if (/\.json$/i.test(source) || (await isAnnotated(source))) return readAnnotated(source, labels, mapping);
  return readFolder(source, labels, mapping, say);
}

/**
 * True if the folder contains annotations: a folder with one of the usual names, or the files of Pascal VOC or YOLO
 * themselves. Text files beside images are YOLO's if the names of the classes are beside them too.
 *
 * @throws list-invalid if it is no folder
 */
async function isAnnotated(source: string): Promise<boolean> {
  if (['labels', 'Annotations'].some((name) => existsSync(path.join(source, name)))) return true;
  const names = await readdir(source).catch((thrown) => {
    const isFile = hasCode(thrown, 'ENOTDIR');
    throw errors.listInvalid(source, isFile ? 'it is no folder, and no .json or .csv file' : reasonOf(thrown));
  });
  if (names.some((name) => name.endsWith('.xml'))) return true;
  const hasTexts = names.some((name) => name.endsWith('.txt') && name !== CLASSES);
  const isAbove = !names.some(isImage) && existsSync(path.join(source, '..', CLASSES));
  return hasTexts && (names.includes(CLASSES) || isAbove);
}

async function readFolder(
  source: string,
  labels: readonly string[],
  mapping: string | undefined,
  say: (text: string) => void,
): Promise<Item[]> {
  const names = (await readdir(source, { recursive: true })).filter((name) => isImage(name) && !isHidden(name)).sort();
  if (names.length === 0) throw errors.listInvalid(source, 'there is no image in it');
  const images = names.map((name) => {
    const image = path.resolve(source, name);
    return { name: slashed(name), image, folder: path.basename(path.dirname(image)), isBelow: name.includes(path.sep) };
  });
  const given = mapping === undefined ? undefined : await readMapping(mapping, [], labels);
  const foldersOf = (below: boolean) => [
    ...new Set(images.filter(({ isBelow, folder }) => isBelow === below && !given?.has(folder)).map((i) => i.folder)),
  ];
  // The given folder itself may be that of a class.
  const [below, itself] = [classesOfFolders(foldersOf(true), labels), classesOfFolders(foldersOf(false), labels)];
  sayFolders(foldersOf(true), below, labels, say);
  sayFolders([], itself, labels, say);
  return images.flatMap(({ name, image, folder, isBelow }): Item[] => {
    const among = given?.get(folder);
    if (among?.length === 0) return [];
    const index = among?.length === 1 ? among[0] : (isBelow ? below : itself).classes.get(folder);
    return [{ name, image, target: among && among.length > 1 ? { among } : index === undefined ? 'top' : { index } }];
  });
}

/** Prints one line about the folders whose class was guessed, and one about those without a class. */
function sayFolders(
  folders: readonly string[],
  { classes, loosely }: FolderClasses,
  labels: readonly string[],
  say: (text: string) => void,
): void {
  if (loosely.length > 0)
    say(`folders taken for classes: ${few(loosely.map((name) => `${name} for ${labels[classes.get(name)!]}`))}`);
  const unknown = folders.filter((name) => !classes.has(name));
  if (unknown.length > 0)
    say(
      `${unknown.length} of ${folders.length} folders mean no class of this model, and their images are explained for the top class: ${few(unknown)}. Say with --mapping which classes they show.`,
    );
}

/** Files that systems and programs leave in folders of images. */
const NOT_OF_PEOPLE: ReadonlySet<string> = new Set([
  '__MACOSX',
  '@eaDir',
  '$RECYCLE.BIN',
  'System Volume Information',
  'lost+found',
]);

const isHidden = (name: string) => name.split(path.sep).some((part) => part.startsWith('.') || NOT_OF_PEOPLE.has(part));

async function readAnnotated(source: string, labels: readonly string[], mapping: string | undefined): Promise<Item[]> {
  const { categories, images } = await readAnnotations(source);
  const classes = await readMapping(mapping, categories, labels);
  const folder = (await stat(source)).isDirectory() ? source : path.dirname(source);
  return images.flatMap((annotated) => {
    const shown = new Set(annotated.regions.map(({ category }) => category));
    return [...shown].sort().flatMap((category): Item[] => {
      const among = classes.get(category);
      if (!among?.length) return [];
      const name = `${slashed(path.relative(folder, annotated.file))} (${category})`;
      return [{ name, image: annotated.file, target: { among }, category, annotated }];
    });
  });
}

async function readList(file: string, labels: readonly string[]): Promise<Item[]> {
  const text = await readText(file).catch((thrown) => {
    throw errors.listInvalid(file, reasonOf(thrown));
  });
  const seen = new Set<string>();
  return recordsOf(text, file).map(({ record, info }) => {
    const line = `${file}:${info.lines}`;
    const [image, label] = [record.image, record.class].map(withoutGuard);
    if (!image) throw errors.listInvalid(line, 'no "image"; the first line names the columns: image, class');
    const name = label ? `${slashed(image)} (${label})` : slashed(image);
    if (seen.has(name)) throw errors.listInvalid(line, `${name} is there twice`);
    seen.add(name);
    try {
      const target = label ? { index: findClass(labels, { label }) } : 'top';
      return { name, image: path.resolve(path.dirname(file), image), target };
    } catch (thrown) {
      throw errors.listInvalid(line, reasonOf(thrown));
    }
  });
}

/**
 * Removes the apostrophe that `images.csv` of a report puts before some cells, so that spreadsheets do not read them as
 * formulas.
 */
const withoutGuard = (cell: string | undefined) => cell?.replace(/^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/, '');

interface ListRecord {
  readonly record: { readonly image?: string; readonly class?: string };
  readonly info: { readonly lines: number };
}

function recordsOf(text: string, file: string): readonly ListRecord[] {
  try {
    return parse(text, { bom: true, columns: true, info: true, skip_empty_lines: true, trim: true });
  } catch (thrown) {
    throw errors.listInvalid(file, reasonOf(thrown));
  }
}

/** An item with the current stamp of its file. After the file has changed, it is a different item. */
export type Stamped = Item & { readonly stamp: string };

export async function stamped(items: readonly Item[]): Promise<readonly Stamped[]> {
  return Promise.all(items.map(async (item) => ({ ...item, stamp: identityOf([await stampOf(item.image)]) })));
}

const slashed = (name: string): string => name.split(path.sep).join('/');
