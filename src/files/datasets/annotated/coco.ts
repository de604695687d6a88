/** COCO's annotations as a dataset. */
import path from 'node:path';
import type { AnnotatedImage } from '../../../core/annotations/annotations';
import { parseCoco } from '../../../core/annotations/coco';
import { errors, reasonOf } from '../../../core/errors';
import { readText } from '../../open';
import type { Draft, DraftItem, DraftOptions } from '../draft';
import { inParallel } from '../in-parallel';
import { createLookup } from './lookup';

/** Folders in which datasets keep images, relative to the annotations. */
const IMAGE_FOLDERS = ['.', 'images', 'JPEGImages', '..', '../images', '../JPEGImages'];

/** @throws annotations-invalid, naming the entry; cancelled */
export async function draftOfCoco(file: string, { signal }: DraftOptions): Promise<Draft> {
  const text = await readText(file).catch((thrown) => {
    throw errors.annotationsInvalid(file, reasonOf(thrown));
  });
  const { categories, images } = parseCoco(text, file);
  const folder = path.dirname(file);
  const places = [...IMAGE_FOLDERS, ...foldersNamedBy(file)].map((name) => path.join(folder, name));
  const { firstOf } = createLookup();
  const found = new Array<string>(images.length);
  await inParallel(
    images.length,
    async (i) => {
      const candidates = places.map((place) => path.resolve(place, images[i]!.file));
      found[i] = (await firstOf(candidates)) ?? candidates[0]!;
    },
    signal,
  );
  const items = images.map((image, i): DraftItem => {
    const annotated: AnnotatedImage = { ...image, file: found[i]! };
    return { file: found[i]!, categories: [...new Set(image.regions.map(({ category }) => category))], annotated };
  });
  return { root: rootOf(folder, found), items, categories: [...new Set(categories)], notes: [] };
}

/** `annotations/instances_val2017.json` has its images in `val2017` or `images/val2017`. */
function foldersNamedBy(file: string): string[] {
  const name = path.parse(file).name.split('_').at(-1)!;
  return ['.', '..'].flatMap((up) => [path.join(up, name), path.join(up, 'images', name)]);
}

/** The annotations' folder, or the one above if all images are there. */
function rootOf(folder: string, images: readonly string[]): string {
  const isIn = (root: string) => images.every((image) => image.startsWith(root + path.sep));
  const parent = path.dirname(folder);
  return !isIn(folder) && isIn(parent) ? parent : folder;
}
