/** Pascal VOC's annotations as a dataset: an XML file for each image. */
import path from 'node:path';
import type { AnnotatedImage } from '../../../core/annotations/annotations';
import { parseVoc } from '../../../core/annotations/voc';
import { errors, reasonOf } from '../../../core/errors';
import { isImage } from '../../../protocol/image-files';
import { readText } from '../../open';
import { categoriesOf, type Draft, type DraftItem, type DraftOptions } from '../draft';
import { namesThat } from '../folders/names';
import { placesOf } from '../folders/splits';
import { otherFiles, type Walked } from '../folders/walk';
import { inParallel } from '../in-parallel';
import type { ListOf } from '../list-of';
import { counterpart, createLookup, type Lookup, withExtensions } from './lookup';

const ANNOTATIONS = ['Annotations'];
/** Folders that may be called so where the annotations of their images are. */
const IMAGES = ['JPEGImages', 'images'];

export const isXml = (name: string): boolean => /\.xml$/i.test(name);

/** @throws annotations-invalid, naming the line; cancelled */
export async function draftOfVoc({ root, folders, notes, others }: Walked, { signal }: DraftOptions): Promise<Draft> {
  const placeOf = placesOf(folders);
  const lookup = createLookup();
  const files = folders.flatMap((folder) =>
    Array.from(namesThat(folder.files, isXml), (name) => ({
      folder: path.join(root, ...folder.way),
      name,
      place: placeOf(folder),
    })),
  );
  const splits = await splitsOf(new Set(files.map(({ folder }) => folder)), lookup);
  const items = new Array<DraftItem>(files.length);
  await inParallel(
    files.length,
    async (i) => {
      const { folder, name, place } = files[i]!;
      const annotated = await readImage(path.join(folder, name), lookup);
      const split = splits.get(folder)?.get(path.parse(name).name) ?? place.split;
      const categories = [...new Set(annotated.regions.map(({ category }) => category))];
      items[i] = { file: annotated.file, categories, annotated, ...(split !== undefined && { split }) };
    },
    signal,
  );
  const without = imagesWithout(
    folders.map(({ way, files }) => [path.join(root, ...way), files] as const),
    items,
  );
  return {
    root,
    items: [...items, ...without],
    categories: categoriesOf(items),
    notes: [...notes, ...otherFiles(others)],
  };
}

/** The annotation with the image's path. An image that is nowhere gets the path where it was looked for first. */
async function readImage(file: string, lookup: Lookup): Promise<AnnotatedImage> {
  const annotated = parseVoc(await readAnnotation(file), file);
  const folder = path.dirname(file);
  const beside = IMAGES.flatMap((name) => counterpart(folder, ANNOTATIONS, name) ?? path.join(folder, '..', name));
  const places = [folder, ...beside, path.dirname(folder), path.join(folder, 'images')];
  const named = places.map((place) => path.resolve(place, path.basename(annotated.file)));
  // An image that was converted or renamed still has the name of its annotation.
  const others = [annotated.file, file].flatMap((name) =>
    places.flatMap((place) => withExtensions(path.resolve(place, path.basename(name)))),
  );
  return { ...annotated, file: (await lookup.firstOf([...named, ...others])) ?? named[1]! };
}

/** Images in the folders of annotated ones that no annotation names: they show nothing of the classes. */
function imagesWithout(
  folders: readonly (readonly [folder: string, files: ListOf<string>])[],
  items: readonly DraftItem[],
): DraftItem[] {
  const known = new Set(items.map(({ file }) => file));
  const used = new Set(items.map(({ file }) => path.dirname(file)));
  return folders.flatMap(([folder, files]) =>
    used.has(folder)
      ? Array.from(namesThat(files, isImage), (name) => path.join(folder, name))
          .filter((file) => !known.has(file))
          .map((file) => ({ file, categories: [] }))
      : [],
  );
}

/** The lists of images in `ImageSets/Main`; trainval repeats train and val. */
const SETS = ['trainval', 'train', 'val', 'test'];

/** For each folder of annotations the split of each image, by the name of its annotation. */
async function splitsOf(
  folders: ReadonlySet<string>,
  { firstOf }: Lookup,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const splits = new Map<string, Map<string, string>>();
  for (const folder of folders) {
    const found = new Map<string, string>();
    for (const split of SETS) {
      const list = await firstOf([path.join(folder, '..', 'ImageSets', 'Main', `${split}.txt`)]);
      const text = list === undefined ? '' : await readAnnotation(list);
      for (const line of text.split('\n')) {
        const [name] = line.trim().split(/\s+/);
        if (name) found.set(name, split);
      }
    }
    splits.set(folder, found);
  }
  return splits;
}

async function readAnnotation(file: string): Promise<string> {
  return readText(file).catch((thrown) => {
    throw errors.annotationsInvalid(file, reasonOf(thrown));
  });
}
